import { allowlistCsv, allowlistOf, allowlistTable, publicEndpoints } from '@pinhole/control';
import { type Command, Option } from 'commander';
import { messagesFor } from '../messages/messages.ts';
import { findExternalIp } from '../network/external-ip.ts';
import { type CommandContext, type ConfigOptions, configOf, printJson, withConfigOptions } from './command-options.ts';

interface AllowlistOptions extends ConfigOptions {
  readonly format: 'table' | 'json' | 'csv';
}

export function addAllowlistCommand(program: Command, context: CommandContext): void {
  withConfigOptions(program.command('allowlist'))
    .description('print what the firewall between clients and Pinhole must allow')
    .addOption(new Option('--format <format>', 'the shape').choices(['table', 'json', 'csv']).default('table'))
    .action((options: AllowlistOptions) => printAllowlist(options, context));
}

async function printAllowlist(options: AllowlistOptions, context: CommandContext): Promise<void> {
  const { config } = configOf(options, context);
  const external = await findExternalIp(config.externalIp);
  const allowlist = allowlistOf(publicEndpoints({ config, externalIp: external.ip }));
  const format = options.json ? 'json' : options.format;
  if (format === 'json') printJson(allowlist, context);
  else if (format === 'csv') context.out(allowlistCsv(allowlist.endpoints).join('\n'));
  else context.out(allowlistTable(allowlist.endpoints, messagesFor(context.env).allowlist).join('\n'));
}
