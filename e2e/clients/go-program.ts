// Builds a client program in Go from its folder in programs/. Its modules come from the Go module proxy, as go.sum pins them.
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { CHECKOUT } from '@pinhole/testkit/lab';

// What pion/turn asks for.
const NEEDED_MINOR = 24;
const DOWNLOAD_TIMEOUT_MS = 60_000;

/** The reason why the program cannot be built here, and what to do about it; undefined where it can. */
export function whyNoGo(program: string): string | undefined {
  const { status, stdout } = go(program, ['version']);
  const minor = Number(/go1\.(\d+)/.exec(stdout)?.[1] ?? 0);
  if (status !== 0 || minor < NEEDED_MINOR) return `The Go clients need Go 1.${NEEDED_MINOR} or newer on the PATH.`;
  const download = go(program, ['mod', 'download']);
  if (download.status === 0) return undefined;
  return `The Go clients' modules could not be fetched: ${download.stderr.trim().split('\n').at(-1)}`;
}

export function buildGoProgram(program: string, output: string): void {
  const { status, stderr } = go(program, ['build', '-o', output, '.']);
  if (status !== 0) throw new Error(`go build failed:\n${stderr}`);
}

function go(program: string, args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync('go', args, {
    cwd: join(CHECKOUT, 'e2e', 'clients', 'programs', program),
    encoding: 'utf8',
    timeout: DOWNLOAD_TIMEOUT_MS,
    // The Go that is there, and never one that it would fetch for itself.
    env: { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly' },
  });
}
