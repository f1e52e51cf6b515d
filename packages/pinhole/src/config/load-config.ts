import { readFileSync } from 'node:fs';
import { type Config, type ConfigProblem, type ParsedConfig, parseConfig } from '@pinhole/contract';
import { CommandError, systemError } from '../exit.ts';
import { EMBEDDED_DEFAULT, withDemoSecret } from './embedded-default.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ConfigSource {
  /** `--config`, which wins over `PINHOLE_CONFIG`; without both, the embedded default. */
  readonly file?: string;
  readonly set?: readonly string[];
  readonly env: Environment;
}

export interface LoadedConfig {
  readonly config: Config;
  readonly warnings: readonly ConfigProblem[];
  /** What the operator calls it: a path, or "the embedded default". */
  readonly name: string;
}

/** Reads the configuration, complete with secrets. Throws a CommandError that holds every problem. */
export function loadConfig(source: ConfigSource): LoadedConfig {
  const { parsed, name } = readConfig(source);
  if (!parsed.ok) throw CommandError.config(`The configuration has problems: ${name}.`, parsed.problems);
  return { config: withDemoSecret(parsed.config), warnings: parsed.warnings, name };
}

/** Reads the configuration and makes nothing. Throws a CommandError only where there is no file to read. */
export function readConfig({ file, set = [], env }: ConfigSource): { parsed: ParsedConfig; name: string } {
  const path = file ?? (env.PINHOLE_CONFIG || undefined);
  const { name, text } = path === undefined ? EMBEDDED_DEFAULT : { name: path, text: readText(path) };
  return { parsed: parseConfig({ text, file: name, env, set }), name };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = systemError(error)?.code === 'ENOENT' ? 'there is no such file' : systemError(error)?.code;
    throw CommandError.usage(`Cannot read the configuration ${path}: ${reason ?? 'unknown reason'}.`);
  }
}
