// What the firewall lab needs from the operating system, and how it gets there: on Debian as root it is installed, elsewhere
// the exact line is printed. Plain JavaScript, because it runs before Node 24 is there.
//
//   node scripts/system-packages.mjs            installs what is missing (Debian, root), or says what to do
//   node scripts/system-packages.mjs --check    only looks
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './node24.mjs';

const LIST = join(root, 'packages', 'testkit', 'src', 'lab', 'system-packages.json');
// The administrator's folders are not on every user's PATH, yet ip and nft live there.
const ADMIN_FOLDERS = ['/usr/sbin', '/sbin', '/usr/bin', '/bin'];
const POLICY = '/usr/sbin/policy-rc.d';

/**
 * Makes sure of the lab's packages. Never throws: whoever calls it runs its other tests all the same.
 * `missing` holds the packages that are still missing afterwards (empty: all there), `line` the exact line that installs them.
 *
 * @param {{ install?: boolean }} [options] `install: false` only looks.
 * @returns {{ missing: string[], line: string }}
 */
export function ensureLabPackages({ install = true } = {}) {
  // Network namespaces are Linux's; a package elsewhere would not help.
  if (process.platform !== 'linux') return { missing: [], line: '' };
  const missing = missingPackages();
  if (install && missing.length > 0 && isDebian() && process.getuid() === 0) installOnDebian(missing);
  const still = missingPackages();
  return { missing: still, line: still.length === 0 ? '' : installLine(still) };
}

function missingPackages() {
  const { debian } = JSON.parse(readFileSync(LIST, 'utf8'));
  const missing = debian.filter((requirement) => !isThere(requirement));
  return [...new Set(missing.map((requirement) => requirement.package))].sort();
}

/** A command, or for a library a file (`*`: one folder, of any name). */
function isThere({ command, file }) {
  return command === undefined ? hasFile(file) : hasCommand(command);
}

function hasFile(path) {
  const [folder, rest] = path.split('*');
  if (rest === undefined) return existsSync(path);
  return existsSync(folder) && readdirSync(folder).some((name) => existsSync(folder + name + rest));
}

function hasCommand(command) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...ADMIN_FOLDERS].filter((folder) => folder !== '');
  return folders.some((folder) => isExecutable(join(folder, command)));
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isDebian() {
  return existsSync('/etc/debian_version') && hasCommand('apt-get');
}

/** Package names are Debian's; another distribution's user sees at least what to look for. */
function installLine(packages) {
  const names = packages.join(' ');
  if (!isDebian()) return `install with your package manager (Debian's names): ${names}`;
  const sudo = process.getuid() === 0 ? '' : 'sudo ';
  return `${sudo}apt-get update && ${sudo}apt-get install -y --no-install-recommends ${names}`;
}

function installOnDebian(packages) {
  console.log(`Installing for the firewall lab: ${packages.join(' ')}`);
  withoutStartingServices(() => {
    // The lists of a fresh image are empty or old; a first try without an update is a second where they are not.
    if (aptInstall(packages)) return;
    aptGet(['update', '-q']);
    aptInstall(packages);
  });
}

function aptInstall(packages) {
  return aptGet(['install', '-y', '-q', '--no-install-recommends', ...packages]);
}

function aptGet(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Its chatter goes to standard error, so that the report of a test run stays readable by machines.
  const { status } = spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=120', ...args], { env, stdio: ['ignore', 2, 2] });
  return status === 0;
}

/** Debian starts a package's service right away unless this policy says no: a test set-up must not open ports. */
function withoutStartingServices(action) {
  if (existsSync(POLICY)) return action();
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const restore = () => rmSync(POLICY, { force: true });
  process.once('exit', restore);
  try {
    return action();
  } finally {
    restore();
    process.off('exit', restore);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { missing, line } = ensureLabPackages({ install: !process.argv.includes('--check') });
  if (missing.length > 0) console.error(`The firewall lab misses ${missing.join(', ')}. To install: ${line}`);
  process.exitCode = missing.length === 0 ? 0 : 1;
}
