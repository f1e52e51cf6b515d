// Whether this machine can run a lab, and if not, the exact line that helps. The list of packages is shared with
// scripts/system-packages.mjs, which installs them.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What a test needs beside the namespaces themselves. */
export type LabPart = 'network' | 'browser' | 'sfu' | 'turn-tools' | 'python-clients' | 'libnice' | 'firefox' | 'flood';

/** A package, and what is there once it is installed: a command, or for a library a file (`*`: one folder, of any name). */
type Requirement = { readonly part: LabPart; readonly package: string } & (
  | { readonly command: string }
  | { readonly file: string }
);

// The administrator's folders are not on every user's PATH, yet ip and nft live there.
const ADMIN_FOLDERS = ['/usr/sbin', '/sbin', '/usr/bin', '/bin'];
const SEARCH_PATH = [...(process.env.PATH ?? '').split(delimiter), ...ADMIN_FOLDERS].filter((folder) => folder !== '');

/** The environment for every process of a lab: this process's own, with the administrator's folders on its path. */
export function labEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { ...process.env, PATH: SEARCH_PATH.join(delimiter), ...extra };
}

function isThere(requirement: Requirement): boolean {
  return 'command' in requirement ? hasCommand(requirement.command) : hasFile(requirement.file);
}

function hasFile(path: string): boolean {
  const [folder = '', rest] = path.split('*');
  if (rest === undefined) return existsSync(path);
  return existsSync(folder) && readdirSync(folder).some((name) => existsSync(folder + name + rest));
}

function hasCommand(command: string): boolean {
  return SEARCH_PATH.some((folder) => isExecutable(join(folder, command)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function requirementsOf(parts: readonly LabPart[]): Requirement[] {
  const text = readFileSync(new URL('./system-packages.json', import.meta.url), 'utf8');
  const all = (JSON.parse(text) as { debian: Requirement[] }).debian;
  return all.filter(({ part }) => part === 'network' || parts.includes(part));
}

/** The reason why a lab with these parts cannot run here and what to do about it; undefined where it can. */
export function whyUnavailable(parts: readonly LabPart[]): string | undefined {
  if (process.platform !== 'linux') return 'The firewall lab needs Linux (network namespaces, nftables).';
  const missing = requirementsOf(parts).filter((requirement) => !isThere(requirement));
  if (missing.length > 0) {
    const packages = [...new Set(missing.map((requirement) => requirement.package))].sort();
    return `The firewall lab needs: sudo apt-get install --no-install-recommends ${packages.join(' ')}`;
  }
  if (process.getuid?.() !== 0)
    return 'The firewall lab needs root (it makes network namespaces): run npm test as root.';
  refusal ??= whatTheKernelRefuses();
  return refusal === '' ? undefined : refusal;
}

// Asked once per process: the answer costs three processes and does not change.
let refusal: string | undefined;

/** Root in a container may still be refused namespaces, mounts or nftables. Empty where all of them work. */
function whatTheKernelRefuses(): string {
  const trial = 'mount -t tmpfs trial /run && nft add table inet trial';
  const args = ['--mount', '--pid', '--net', '--fork', 'sh', '-c', trial];
  const { status, stderr } = spawnSync('unshare', args, { env: labEnvironment() });
  if (status === 0) return '';
  const why = String(stderr).trim().split('\n', 1)[0];
  return `The firewall lab needs network namespaces and nftables, and this system refuses them (${why}): use a virtual machine or a privileged container.`;
}
