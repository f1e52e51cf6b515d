// Holds the arrows between the packages: who may import whom, and who may touch Node at all.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Rule {
  /** Workspace packages that may be imported. */
  readonly may: readonly string[];
  /** Those of which only types may be imported. */
  readonly typesOnly?: readonly string[];
  /** Files, relative to the package, that may import `node:` modules; absent: all may. */
  readonly nodeIn?: RegExp;
}

const ARROWS: Readonly<Record<string, Rule>> = {
  protocol: { may: [], nodeIn: /^src\/node-crypto\.ts$/ },
  contract: { may: ['protocol'] },
  edge: { may: ['protocol', 'contract'] },
  control: { may: ['protocol', 'contract'] },
  client: { may: ['protocol'], typesOnly: ['contract'], nodeIn: /^(src\/node\/|build\.ts)/ },
  // Runs against any server, so it knows the wire and nothing of ours.
  attack: { may: ['protocol'] },
  testkit: { may: ['protocol', 'contract', 'edge'] },
  pinhole: { may: ['protocol', 'contract', 'edge', 'control', 'client'] },
};

const packages = fileURLToPath(new URL('../packages', import.meta.url));
const IMPORT = /(?:^|\n)\s*(import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/g;

const problems = Object.entries(ARROWS).flatMap(([name, rule]) => {
  return sources(join(packages, name)).flatMap((file) => check(name, rule, file));
});
for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? 'The arrows between the packages hold.' : `${problems.length} arrows are broken.`);
process.exitCode = problems.length === 0 ? 0 : 1;

function check(name: string, rule: Rule, file: string): string[] {
  const path = relative(join(packages, name), file);
  const isTest = /\.test(\.support)?\.ts$|\/testing\//.test(path);
  const found: string[] = [];
  for (const [, , typeOnly, specifier = ''] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
    const target = /^@pinhole\/([a-z]+)/.exec(specifier)?.[1] ?? (specifier === 'pinhole' ? 'pinhole' : undefined);
    if (target !== undefined && target !== name && !mayImport(rule, target, typeOnly !== undefined)) {
      found.push(`packages/${name}/${path} imports ${specifier}; ${name} may import: ${describe(rule)}`);
    }
    const mayTouchNode = rule.nodeIn === undefined || rule.nodeIn.test(path) || isTest;
    if (specifier.startsWith('node:') && !mayTouchNode) {
      found.push(`packages/${name}/${path} imports ${specifier}; it must run without Node`);
    }
  }
  return found;
}

function mayImport({ may, typesOnly = [] }: Rule, target: string, isTypeImport: boolean): boolean {
  return may.includes(target) || (isTypeImport && typesOnly.includes(target));
}

function describe({ may, typesOnly = [] }: Rule): string {
  return [...may, ...typesOnly.map((name) => `${name} (types)`)].join(', ') || 'no other package';
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'dist' || entry.name === 'node_modules' ? [] : sources(path);
    return entry.name.endsWith('.ts') ? [path] : [];
  });
}
