import { type Config, type ConfigProblem, configJsonSchema, formatConfigProblem } from '@pinhole/contract';
import type { Command } from 'commander';
import { configDifference, differenceLine } from '../config/config-difference.ts';
import { loadConfig, readConfig } from '../config/load-config.ts';
import { CommandError } from '../exit.ts';
import {
  type CommandContext,
  type ConfigOptions,
  configSource,
  printJson,
  withConfigOptions,
} from './command-options.ts';

export function addConfigCommands(program: Command, context: CommandContext): void {
  const config = program.command('config').description('check the configuration, or print its schema');
  withConfigOptions(config.command('check'))
    .description('tell every problem of the configuration; changes nothing')
    .argument('[file]', 'the same as --config')
    .action((file: string | undefined, options: ConfigOptions) =>
      checkConfig(file ?? options.config, options, context),
    );
  withConfigOptions(config.command('diff'))
    .description('tell what a reload would change from one file to another; changes nothing')
    .argument('<before>', 'the configuration that runs')
    .argument('<after>', 'the one that shall')
    .action((before: string, after: string, options: ConfigOptions) =>
      diffConfigs({ before, after }, options, context),
    );
  config
    .command('schema')
    .description('print the JSON Schema of the configuration, for editors')
    .option('--json', 'it is JSON anyway')
    .action(() => printJson(configJsonSchema(), context));
}

function checkConfig(file: string | undefined, { set = [], json }: ConfigOptions, context: CommandContext): void {
  const { parsed, name } = readConfig({ ...(file === undefined ? {} : { file }), set, env: context.env });
  if (!json) tellWarnings(parsed.warnings, context);
  if (!parsed.ok) throw CommandError.config(`The configuration has problems: ${name}.`, parsed.problems);
  if (json) printJson({ ok: true, warnings: parsed.warnings }, context);
  else context.out(`The configuration is right: ${name}.`);
}

function diffConfigs(files: { before: string; after: string }, options: ConfigOptions, context: CommandContext): void {
  const load = (config: string): Config => loadConfig(configSource({ ...options, config }, context)).config;
  const changes = configDifference(load(files.before), load(files.after));
  if (options.json) printJson(changes, context);
  else for (const change of changes) context.out(differenceLine(change));
}

function tellWarnings(warnings: readonly ConfigProblem[], { err }: CommandContext): void {
  for (const warning of warnings) err(`warning: ${formatConfigProblem(warning)}`);
}
