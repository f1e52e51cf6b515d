import { type ConfigProblem, configJsonSchema, formatConfigProblem } from '@pinhole/contract';
import type { Command } from 'commander';
import { readConfig } from '../config/load-config.ts';
import { CommandError } from '../exit.ts';
import { type CommandContext, type ConfigOptions, printJson, withConfigOptions } from './command-options.ts';

export function addConfigCommands(program: Command, context: CommandContext): void {
  const config = program.command('config').description('check the configuration, or print its schema');
  withConfigOptions(config.command('check'))
    .description('tell every problem of the configuration; changes nothing')
    .argument('[file]', 'the same as --config')
    .action((file: string | undefined, options: ConfigOptions) =>
      checkConfig(file ?? options.config, options, context),
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

function tellWarnings(warnings: readonly ConfigProblem[], { err }: CommandContext): void {
  for (const warning of warnings) err(`warning: ${formatConfigProblem(warning)}`);
}
