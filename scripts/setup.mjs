// Brings everything that a clone needs to run: Node 24 where the machine's is older, the dependencies, the bundles for
// browsers. Does only what is missing or out of date, so that a second start is at once.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findNode, ownNodeFolder, root, SOURCE_FLAGS } from './node24.mjs';

const STAMPS = join(root, '.setup');

/** Throws where a step fails; its own output has said why by then. */
export function setUp() {
  if (findNode() === undefined) {
    step(`Node 24 (this machine has ${process.versions.node})`, () => npm(process.execPath, ['ci'], ownNodeFolder));
  }
  const node = findNode();
  if (node === undefined) {
    throw new Error(
      `There is no Node 24 package for ${process.platform} ${process.arch}. Install Node 24 or newer, then run this again.`,
    );
  }
  once('dependencies', hashOf(join(root, 'package-lock.json')), join(root, 'node_modules'), () => {
    step('dependencies', () => npm(node, ['ci'], root));
  });
  const sources = ['packages/client', 'packages/pinhole/demo', 'packages/protocol/src', 'packages/contract/src'];
  once('bundles', newestChange(sources), join(root, 'packages', 'pinhole', 'dist', 'demo'), () => {
    step('browser bundles', () => run(node, [...SOURCE_FLAGS, join(root, 'scripts', 'build.ts')], root));
  });
  return node;
}

/** Runs the action unless it ran for this state before and its result is still there. */
function once(name, state, result, action) {
  const stamp = join(STAMPS, name);
  if (existsSync(result) && existsSync(stamp) && readFileSync(stamp, 'utf8') === state) return;
  action();
  mkdirSync(STAMPS, { recursive: true });
  writeFileSync(stamp, state);
}

function step(what, action) {
  const start = Date.now();
  console.error(`Setting up: ${what} …`);
  action();
  console.error(`Setting up: ${what}, done in ${((Date.now() - start) / 1000).toFixed(1)} s`);
}

/** npm itself runs on the Node that is asked for: under an old one it would pick old versions of some packages. */
function npm(node, args, cwd) {
  const cli = process.env.npm_execpath;
  if (cli?.endsWith('.js')) run(node, [cli, ...args], cwd);
  else run('npm', args, cwd, { PATH: dirname(node) + delimiter + process.env.PATH });
}

function run(command, args, cwd, env = {}) {
  // Standard output stays free for what was asked for.
  const { status, error } = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32' && command === 'npm',
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`"${[command, ...args].join(' ')}" failed in ${cwd}; what it printed says why.`);
}

function hashOf(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

function newestChange(folders) {
  const times = folders.flatMap((folder) => modificationTimes(join(root, folder)));
  return `${times.length} files, newest ${Math.max(...times)}`;
}

function modificationTimes(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    // Made, not written: none of them is a reason to bundle again.
    if (/^(dist|node_modules)$|\.tsbuildinfo$/.test(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? modificationTimes(path) : [statSync(path).mtimeMs];
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) runOrExplain(setUp);

/** Ends the process with one line where set-up fails. */
export function runOrExplain(action) {
  try {
    return action();
  } catch (error) {
    console.error(`Set-up failed: ${error.message}`);
    process.exit(1);
  }
}
