import {
  CREDENTIAL_FORMATS,
  type CredentialFormat,
  formatCredential,
  mintTurnCredential,
  publicEndpoints,
} from '@pinhole/control';
import { nodeCrypto } from '@pinhole/protocol/node-crypto';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { findExternalIp } from '../network/external-ip.ts';
import {
  type CommandContext,
  type ConfigOptions,
  configOf,
  parseSeconds,
  printJson,
  withConfigOptions,
} from './command-options.ts';
import { findApp } from './find-app.ts';

interface CredentialsOptions extends ConfigOptions {
  readonly ttl?: number;
  readonly user?: string;
  readonly format: CredentialFormat;
}

export function addCredentialsCommand(program: Command, context: CommandContext): void {
  withConfigOptions(program.command('credentials'))
    .description('print a TURN credential that works without a proxy session; always JSON')
    .argument('<app>', 'the AppID')
    .option('--ttl <seconds>', 'how long it lives: 60-172800 (default 86400)', parseSeconds)
    .option('--user <user>', 'ends the username, for your own bookkeeping', parseUser)
    .addOption(new Option('--format <format>', 'the shape').choices([...CREDENTIAL_FORMATS]).default('json'))
    .action((appId: string, options: CredentialsOptions) => printCredential(appId, options, context));
}

async function printCredential(appId: string, options: CredentialsOptions, context: CommandContext): Promise<void> {
  const { config } = configOf(options, context);
  const app = findApp(appId, config);
  const external = await findExternalIp(config.externalIp);
  const credential = mintTurnCredential(app, {
    endpoints: publicEndpoints({ config, externalIp: external.ip }),
    now: Math.floor(Date.now() / 1000),
    crypto: nodeCrypto,
    ...(options.ttl === undefined ? {} : { ttlSeconds: options.ttl }),
    ...(options.user === undefined ? {} : { user: options.user }),
  });
  printJson(formatCredential(credential, options.format), context);
}

/** A username has at most 508 bytes (RFC 8489 §14.3); the rest of it needs the other half at most. */
function parseUser(text: string): string {
  if (/^[\x21-\x7e]{1,128}$/.test(text)) return text;
  throw new InvalidArgumentError('It must be 1-128 printable ASCII characters without spaces.');
}
