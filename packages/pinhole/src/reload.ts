import { type Config, formatConfigProblem, type Log } from '@pinhole/contract';
import { type ConfigChange, configDifference, differenceLine, withReloadable } from './config/config-difference.ts';
import type { LoadedConfig } from './config/load-config.ts';
import { CommandError } from './exit.ts';

export interface ReloaderOptions {
  readonly config: Config;
  /** Reads the configuration again, from where the start read it. Throws a CommandError where it is wrong. */
  readonly load: () => LoadedConfig;
  readonly apply: (config: Config) => Promise<void>;
  /** What a person reads: the difference, line by line. */
  readonly tell: (line: string) => void;
  readonly log: Log;
}

/** Reads the configuration again on demand. What is wrong with it is told, and then nothing changes. */
export class Reloader {
  readonly #options: ReloaderOptions;
  #config: Config;
  #last: Promise<void> = Promise.resolve();

  constructor(options: ReloaderOptions) {
    this.#options = options;
    this.#config = options.config;
  }

  /** What holds now. */
  get config(): Config {
    return this.#config;
  }

  /** One after the other, for two signals may come at once. Never rejects. */
  reload(): Promise<void> {
    this.#last = this.#last.then(() => this.#reload());
    return this.#last;
  }

  async #reload(): Promise<void> {
    const loaded = this.#load();
    if (loaded === undefined) return;
    const { tell, apply, log } = this.#options;
    const changes = configDifference(this.#config, loaded.config);
    for (const warning of loaded.warnings) tell(`warning: ${formatConfigProblem(warning)}`);
    for (const change of changes) tell(differenceLine(change));
    const before = this.#config;
    this.#config = withReloadable(before, loaded.config);
    try {
      await apply(this.#config);
      log.info('config.reloaded', counted(changes));
    } catch (error) {
      this.#config = before;
      log.error('config.reload_failed', { error: error instanceof Error ? error.message : String(error) });
    }
  }

  #load(): LoadedConfig | undefined {
    const { load, tell, log } = this.#options;
    try {
      return load();
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      for (const problem of error.problems) tell(formatConfigProblem(problem));
      log.error('config.reload_refused', { problems: error.problems.length, message: error.message });
      return undefined;
    }
  }
}

function counted(changes: readonly ConfigChange[]): { readonly changes: number; readonly needRestart: number } {
  const needRestart = changes.filter(({ isReloadable }) => !isReloadable).length;
  return { changes: changes.length - needRestart, needRestart };
}
