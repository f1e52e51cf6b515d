// The lab's own world: one process ("init") that holds a mount, a pid and a network namespace. Everything of the lab
// lives inside, so that it vanishes as a whole: when init dies the kernel kills every process in its pid namespace, the
// mounts that keep the named network namespaces go with them, and so does the tmpfs with the lab's files.
//
// Init dies in two ways when the test process does, also by kill -9: the kernel sends it SIGKILL (parent-death signal, through
// unshare --kill-child), and its standard input, a pipe from the test process, ends.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { childPidOf } from './process-tree.ts';
import { labEnvironment } from './requirements.ts';
import type { LabHost } from './topology.ts';

const READY = 'lab ready';

/** Where the lab's files are, as its own processes see it: a tmpfs that nobody outside has mounted. */
export const LAB_FOLDER = '/run/lab';

// `wait` reaps orphans that fall to init; `cat` ends when the test process closes the pipe or is gone.
const INIT_SCRIPT = (setUp: readonly string[]): string =>
  [
    'set -e',
    'mount -t tmpfs -o mode=755 lab /run',
    `mkdir -p /run/netns ${LAB_FOLDER}`,
    ...setUp,
    `echo '${READY}'`,
    'exec 3<&0',
    'cat <&3 >/dev/null &',
    'wait $!',
  ].join('\n');

export class Sandbox implements AsyncDisposable {
  /** Init's pid as this process sees it. */
  readonly pid: number;
  readonly #unshare: ChildProcess;

  private constructor(unshare: ChildProcess, pid: number) {
    this.#unshare = unshare;
    this.pid = pid;
  }

  /** Runs `setUp` (shell commands) inside new namespaces and resolves once they are done. Throws with what the shell said. */
  static async create(setUp: readonly string[]): Promise<Sandbox> {
    const unshare = spawn(
      'setpriv',
      [
        ...['--pdeathsig', 'KILL', 'unshare', '--mount', '--pid', '--net', '--ipc', '--uts', '--fork'],
        ...['--kill-child', '--mount-proc', '--propagation', 'private', 'sh', '-c', INIT_SCRIPT(setUp)],
      ],
      // A group of its own: Ctrl-C in a terminal must reach the command, which then closes the lab in order.
      { stdio: ['pipe', 'pipe', 'pipe'], detached: true, env: labEnvironment() },
    );
    try {
      await readyLine(unshare);
      return new Sandbox(unshare, childPidOf(unshare));
    } catch (cause) {
      unshare.kill('SIGKILL');
      throw cause;
    }
  }

  /** The command line that runs `command` inside, as the given host. It replaces itself all the way: no process between. */
  enter(host: LabHost, command: string, args: readonly string[] = []): [string, ...string[]] {
    return [
      'nsenter',
      ...['--target', String(this.pid), '--mount', '--pid', '--net', '--ipc', '--uts', '--'],
      // A test that kills the outer process must not leave the inner one running.
      ...['setpriv', '--pdeathsig', 'KILL', 'ip', 'netns', 'exec', host, command, ...args],
    ];
  }

  /** The path by which this process reaches a file under LAB_FOLDER. */
  outsidePath(insidePath: string): string {
    return `/proc/${this.pid}/root${insidePath}`;
  }

  /** Ends every process of the lab and removes every namespace and file of it. */
  async close(): Promise<void> {
    if (this.#unshare.exitCode !== null || this.#unshare.signalCode !== null) return;
    const gone = once(this.#unshare, 'exit');
    process.kill(this.pid, 'SIGKILL');
    await gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

async function readyLine(unshare: ChildProcess): Promise<void> {
  const said = { stdout: '', stderr: '' };
  await new Promise<void>((resolve, reject) => {
    unshare.once('error', reject);
    unshare.once('close', (code) =>
      reject(new Error(`The lab could not be built (exit code ${code}): ${said.stderr.trim()}`)),
    );
    unshare.stderr?.on('data', (chunk: Buffer) => {
      said.stderr += chunk;
    });
    unshare.stdout?.on('data', (chunk: Buffer) => {
      said.stdout += chunk;
      if (said.stdout.includes(READY)) resolve();
    });
  });
}
