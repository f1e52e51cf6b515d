#!/usr/bin/env node
// Starts the attack suite from a checkout or from an installed package. Plain JavaScript that also an old Node can read: where
// the machine's Node is too old, a checkout brings its own, and an installed package says so in one line.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const REQUIRED_MAJOR = 24;
const USAGE_ERROR = 2;

const source = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const isNewEnough = Number(process.versions.node.split('.')[0]) >= REQUIRED_MAJOR;

if (existsSync(source)) runFromSource();
else if (isNewEnough) await import('../dist/main.js');
else stop(`The attack suite needs Node ${REQUIRED_MAJOR} or newer; this is ${process.versions.node}.`);

function runFromSource() {
  const node = isNewEnough ? process.execPath : checkoutNode();
  if (node === undefined) {
    stop(
      `The attack suite needs Node ${REQUIRED_MAJOR} or newer; this is ${process.versions.node}. "npm run setup" brings it.`,
    );
  }
  const flags = ['--conditions=pinhole-source', '--disable-warning=ExperimentalWarning'];
  // The channel tells the child when this process dies, also by SIGKILL: it must not stay behind on its ports.
  const child = spawn(node, [...flags, source, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => stop(`Cannot run ${node}: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

function checkoutNode() {
  const path = fileURLToPath(new URL('../../../tools/node/node_modules/.bin/node', import.meta.url));
  return existsSync(path) ? path : undefined;
}

function stop(line) {
  console.error(line);
  process.exit(USAGE_ERROR);
}
