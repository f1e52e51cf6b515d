// The firewall lab: four hosts around one router whose rules are a profile.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Counters, parseCounters } from './counters.ts';
import { LabProcess, type ProcessEnd, type SpawnOptions } from './lab-process.ts';
import { PROFILES, type Profile, type ProfileName } from './profiles.ts';
import { type LabPart, labEnvironment, whyUnavailable } from './requirements.ts';
import { rulesetFor } from './ruleset.ts';
import { LAB_FOLDER, Sandbox } from './sandbox.ts';
import { type LabHost, LEGS, type LegName, networkCommands, START_FORWARDING } from './topology.ts';

export interface LabOptions {
  readonly profile: ProfileName;
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly input?: string;
  /** The command is killed after this time; 30 s where it is left out. */
  readonly timeoutMs?: number;
}

export interface RunResult extends ProcessEnd {
  readonly stdout: string;
  readonly stderr: string;
}

/** One address per host; the router's are on its legs (LEGS in topology.ts). */
export type LabAddresses = { readonly [name in LegName]: string };

/**
 * A lab that is up. Labs are isolated from the machine and from each other: several may run at once, with the same
 * addresses, and no packet can leave one.
 */
export class Lab implements AsyncDisposable {
  readonly addresses: LabAddresses = { corp: LEGS.corp.ip, dmz: LEGS.dmz.ip, cloud: LEGS.cloud.ip };
  readonly #sandbox: Sandbox;
  #profile: Profile;
  #generation = 0;

  private constructor(sandbox: Sandbox, profile: Profile) {
    this.#sandbox = sandbox;
    this.#profile = profile;
  }

  /** Why a lab with these parts cannot run here and the exact line that helps; undefined where it can. */
  static unavailable(parts: readonly LabPart[] = []): string | undefined {
    return whyUnavailable(parts);
  }

  /** Builds the network, loads the profile's rules, and only then lets the router forward. */
  static async create(options: LabOptions): Promise<Lab> {
    const lab = new Lab(await Sandbox.create(networkCommands()), PROFILES[options.profile]);
    try {
      await lab.useProfile(options.profile);
      await lab.#expect('fw', 'sh', ['-c', START_FORWARDING]);
      return lab;
    } catch (cause) {
      await lab.close();
      throw cause;
    }
  }

  get profile(): Profile {
    return this.#profile;
  }

  /** The pid of the lab's first process, for tools that look at the lab from outside. */
  get pid(): number {
    return this.#sandbox.pid;
  }

  /** Replaces all rules at once. Counters start at zero, and what only the old profile allowed ends with it. */
  async useProfile(name: ProfileName): Promise<void> {
    this.#generation += 1;
    await this.#expect('fw', 'nft', ['-f', '-'], rulesetFor(PROFILES[name], this.#generation));
    this.#profile = PROFILES[name];
  }

  async counters(): Promise<Counters> {
    return parseCounters(await this.#expect('fw', 'nft', ['-j', 'list', 'counters']));
  }

  /** Starts a process on a host. It ends with the lab at the latest. */
  spawn(host: LabHost, command: string, args: readonly string[] = [], options: SpawnOptions = {}): LabProcess {
    return new LabProcess(`${command} on ${host}`, this.enter(host, command, args), options);
  }

  /** Runs a command on a host to its end. Does not throw on an exit code; callers look at it. */
  async run(
    host: LabHost,
    command: string,
    args: readonly string[] = [],
    options: RunOptions = {},
  ): Promise<RunResult> {
    const [enter, ...rest] = this.enter(host, command, args);
    const child = spawn(enter, rest, {
      env: labEnvironment(options.env),
      cwd: options.cwd,
      timeout: options.timeoutMs ?? 30_000,
      killSignal: 'SIGKILL',
    });
    // A command that does not read its input (or is gone) must not take this process along with EPIPE.
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
    const ended = new Promise<ProcessEnd>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve({ code, signal }));
    });
    const [stdout, stderr, end] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { ...end, stdout, stderr };
  }

  /** The command line that runs a command on a host, for callers that start processes themselves (a browser driver, a person). */
  enter(host: LabHost, command: string, args: readonly string[] = []): [string, ...string[]] {
    return this.#sandbox.enter(host, command, args);
  }

  /** Writes a file that only the lab sees and that vanishes with it. Returns its path inside the lab. */
  writeFile(relativePath: string, content: string | Uint8Array, mode = 0o644): string {
    const inside = join(LAB_FOLDER, relativePath);
    const outside = this.outsidePath(inside);
    mkdirSync(dirname(outside), { recursive: true });
    writeFileSync(outside, content, { mode });
    return inside;
  }

  /** The path by which this process, outside, reaches a path inside the lab. */
  outsidePath(insidePath: string): string {
    return this.#sandbox.outsidePath(insidePath);
  }

  /** Ends every process of the lab and removes all its namespaces and files. */
  async close(): Promise<void> {
    await this.#sandbox.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #expect(host: LabHost, command: string, args: readonly string[], input = ''): Promise<string> {
    const result = await this.run(host, command, args, { input });
    if (result.code === 0) return result.stdout;
    throw new Error(`"${command} ${args.join(' ')}" failed on ${host}: ${result.stderr.trim()}`);
  }
}
