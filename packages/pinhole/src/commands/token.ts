import { signAppToken } from '@pinhole/control';
import type { Command } from 'commander';
import {
  type CommandContext,
  type ConfigOptions,
  configOf,
  parseSeconds,
  printJson,
  withConfigOptions,
} from './command-options.ts';
import { findApp } from './find-app.ts';

const DEFAULT_TTL_SECONDS = 3600;

interface TokenOptions extends ConfigOptions {
  readonly sub: string;
  readonly ttl: number;
}

export function addTokenCommand(program: Command, context: CommandContext): void {
  withConfigOptions(program.command('token'))
    .description("print an app token, as an app's server would sign it for one of its users")
    .argument('<app>', 'the AppID')
    .option('--sub <user>', 'who the token is for', 'cli')
    .option('--ttl <seconds>', 'how long it lives', parseSeconds, DEFAULT_TTL_SECONDS)
    .action((appId: string, options: TokenOptions) => printToken(appId, options, context));
}

async function printToken(appId: string, options: TokenOptions, context: CommandContext): Promise<void> {
  const app = findApp(appId, configOf(options, context).config);
  const { sub, ttl, json } = options;
  const now = Math.floor(Date.now() / 1000);
  const token = await signAppToken(app, { sub, ttlSeconds: ttl, now });
  if (json) printJson({ token, app: app.id, sub, expiresAt: now + ttl }, context);
  else context.out(token);
}
