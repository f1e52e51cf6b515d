// npm run attack:report: attacks Pinhole and Debian's coturn in the lab and writes docs/attack-results.md from what was seen.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatMarkdown, formatSummary } from '@pinhole/attack';
import { CHECKOUT, Lab } from '@pinhole/testkit/lab';
import { AttackLab, COTURN_OPTIONS, coturnVersion } from './attack-lab.ts';

const PAGE = join(CHECKOUT, 'docs', 'attack-results.md');

const unavailable = Lab.unavailable(['turn-tools']);
if (unavailable !== undefined) {
  console.error(unavailable);
  process.exit(2);
}
await using lab = await AttackLab.create();
const [pinhole, coturn] = await Promise.all([lab.attack('pinhole'), lab.attack('coturn')]);
const scores = [
  { name: `Pinhole ${pinholeVersion()}`, results: pinhole },
  { name: `coturn ${coturnVersion()}`, results: coturn },
];
writeFileSync(PAGE, `${heading()}\n${formatMarkdown(scores)}`);
for (const { name, results } of scores) console.log(`${name}: ${formatSummary(results)}`);

function heading(): string {
  return `# What a TURN server must survive, and what was seen

Written by \`npm run attack:report\` on ${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}; not by hand. Both servers stood on one host of
the [firewall lab](decisions/0005-lab-in-its-own-namespaces.md) and were attacked at the same time, with relayed addresses of
both families, two allowed peers and one denied one. Pinhole let its app reach these peers on ports from 10000.
coturn ran as packaged, with \`${COTURN_OPTIONS.join(' ')}\`; an operator who knows it can close
many of its rows with more options.

The suite attacks any server: \`npx pinhole-attack\` says how. It stays within bounds that no server on the open network
would notice, and refuses a server that is not on the same machine unless it is told \`--i-own-this-server\`.
`;
}

function pinholeVersion(): string {
  const text = readFileSync(join(CHECKOUT, 'packages', 'pinhole', 'package.json'), 'utf8');
  return String((JSON.parse(text) as { version?: unknown }).version);
}
