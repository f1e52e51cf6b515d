// Finds the Node that this checkout runs on: the machine's own where it is new enough, else the one in tools/node.
// Plain JavaScript for old Nodes: this is the file that decides which Node reads the others.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

const REQUIRED_MAJOR = 24;
export const ownNodeFolder = join(root, 'tools', 'node');
const ownNode = join(ownNodeFolder, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');

export function isMachineNodeNewEnough() {
  return Number(process.versions.node.split('.')[0]) >= REQUIRED_MAJOR;
}

/** The path of a Node 24 or newer, or undefined where set-up has to bring it first. */
export function findNode() {
  if (isMachineNodeNewEnough()) return process.execPath;
  return existsSync(ownNode) ? ownNode : undefined;
}

/** What every run from source needs: packages resolve to their src folders, and Node 24 reads TypeScript as it is. */
export const SOURCE_FLAGS = ['--conditions=pinhole-source', '--disable-warning=ExperimentalWarning'];
