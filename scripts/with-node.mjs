// Runs a TypeScript file of this checkout on the right Node: node scripts/with-node.mjs FILE [ARG ...]
import { spawn } from 'node:child_process';
import { findNode, SOURCE_FLAGS } from './node24.mjs';

const node = findNode();
if (node === undefined) {
  console.error('Node 24 is missing here. Run "npm run setup" once, then try again.');
  process.exit(2);
}
const child = spawn(node, [...SOURCE_FLAGS, ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal === null ? code : 1));
