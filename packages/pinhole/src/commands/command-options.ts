import { formatConfigProblem } from '@pinhole/contract';
import { type Command, InvalidArgumentError } from 'commander';
import { type ConfigSource, type Environment, type LoadedConfig, loadConfig } from '../config/load-config.ts';

/** What commands take from the process, so that they can be run without one. */
export interface CommandContext {
  readonly env: Environment;
  /** Results: what a pipe reads. */
  readonly out: (text: string) => void;
  /** Remarks: what a person reads beside them. */
  readonly err: (text: string) => void;
}

export interface ConfigOptions {
  readonly config?: string;
  readonly set?: readonly string[];
  readonly json?: boolean;
}

export function withConfigOptions(command: Command): Command {
  return command
    .option('--config <file>', 'configuration file (default: $PINHOLE_CONFIG, else the embedded default)')
    .option('--set <key=value>', 'override one key, such as relay.minPort=50000; may be repeated', append)
    .option('--json', 'print JSON, also for errors');
}

/** Loads the configuration that the options name, and tells its warnings. */
export function configOf(options: ConfigOptions, context: CommandContext): LoadedConfig {
  const { err } = context;
  const loaded = loadConfig(configSource(options, context));
  for (const warning of loaded.warnings) err(`warning: ${formatConfigProblem(warning)}`);
  return loaded;
}

/** Where the options say that the configuration is. */
export function configSource({ config, set = [] }: ConfigOptions, { env }: CommandContext): ConfigSource {
  return { ...(config === undefined ? {} : { file: config }), set, env };
}

/** A whole number of seconds, one or more. */
export function parseSeconds(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number of seconds above 0.');
  return Number(text);
}

export function printJson(value: unknown, { out }: CommandContext): void {
  out(JSON.stringify(value, undefined, 2));
}

function append(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}
