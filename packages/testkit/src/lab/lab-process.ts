// One process in the lab: its lines, its end, and a stop that reaches the process itself.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { findChildPid } from './process-tree.ts';
import { labEnvironment } from './requirements.ts';

export interface SpawnOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Called with each line of standard output and standard error. */
  readonly onLine?: (line: string) => void;
}

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

// Enough to see why a process ended, little enough that a chatty one costs nothing.
const LINES_KEPT = 40;

export class LabProcess implements AsyncDisposable {
  readonly name: string;
  /** Resolves once the process has ended and its output is read. Never rejects. */
  readonly ended: Promise<ProcessEnd>;
  readonly #child: ChildProcess;
  readonly #lastLines: string[] = [];
  readonly #listeners = new Set<(line: string) => void>();

  constructor(name: string, commandLine: readonly [string, ...string[]], options: SpawnOptions = {}) {
    const [command, ...args] = commandLine;
    this.name = name;
    this.#child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: labEnvironment(options.env),
      cwd: options.cwd,
      detached: true,
    });
    if (options.onLine !== undefined) this.#listeners.add(options.onLine);
    this.#readLines();
    this.ended = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => resolve({ code, signal }));
      this.#child.once('error', (error) => {
        this.#hear(error.message);
        resolve({ code: null, signal: null });
      });
    });
  }

  /** The last lines that the process wrote, for the message of a test that fails. */
  get lastLines(): string {
    return this.#lastLines.join('\n');
  }

  /**
   * The first line that matches, from now on or among the last ones kept. Rejects with what the process said when it
   * ends first or `timeoutMs` pass.
   */
  async line(pattern: RegExp, timeoutMs: number): Promise<string> {
    const known = this.#lastLines.find((line) => pattern.test(line));
    if (known !== undefined) return known;
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const listener = (line: string): void => {
      if (pattern.test(line)) resolve(line);
    };
    const fail = (why: string): void => reject(new Error(`${this.name}: ${why}. It said:\n${this.lastLines}`));
    const timer = setTimeout(() => fail(`no line matched ${pattern} within ${timeoutMs} ms`), timeoutMs);
    this.#listeners.add(listener);
    void this.ended.then(({ code, signal }) => fail(`ended early (${signal ?? `exit code ${code}`})`));
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#listeners.delete(listener);
    }
  }

  /** Signals the process inside the namespaces; nsenter then ends with its exit status. */
  kill(signal: NodeJS.Signals): void {
    const pid = findChildPid(this.#child);
    if (pid !== undefined) process.kill(pid, signal);
    else this.#child.kill(signal);
  }

  /** Asks with SIGTERM, and insists with SIGKILL after `graceMs`. */
  async stop(graceMs = 5000): Promise<ProcessEnd> {
    const insist = setTimeout(() => this.kill('SIGKILL'), graceMs);
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.kill('SIGTERM');
    try {
      return await this.ended;
    } finally {
      clearTimeout(insist);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #readLines(): void {
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.#hear(line));
    }
  }

  #hear(line: string): void {
    this.#lastLines.push(line);
    if (this.#lastLines.length > LINES_KEPT) this.#lastLines.shift();
    for (const listener of this.#listeners) listener(line);
  }
}
