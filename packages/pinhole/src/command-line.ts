import { readFileSync } from 'node:fs';
import { formatConfigProblem } from '@pinhole/contract';
import { Command, CommanderError } from 'commander';
import { addAllowlistCommand } from './commands/allowlist.ts';
import type { CommandContext } from './commands/command-options.ts';
import { addConfigCommands } from './commands/config.ts';
import { addCredentialsCommand } from './commands/credentials.ts';
import { addTokenCommand } from './commands/token.ts';
import { addUpCommand, type StopRequest } from './commands/up.ts';
import { CommandError, EXIT } from './exit.ts';

const HELP_FOOTER = `
Exit codes: 0 done, 1 failed, 2 wrong options or configuration.
Every key of the configuration is also an environment variable: relay.minPort is PINHOLE_RELAY_MINPORT,
apps.0.secret is PINHOLE_APPS_0_SECRET; lists as YAML or JSON. --set wins over the environment, that over the file.`;

export interface CommandLineOptions {
  readonly args: readonly string[];
  readonly context: CommandContext;
  readonly stopRequest: StopRequest;
}

/** Runs one command line to its end. Resolves with the exit code; never rejects. */
export async function runCommandLine({ args, context, stopRequest }: CommandLineOptions): Promise<number> {
  const program = createProgram(context, stopRequest);
  try {
    await program.parseAsync(args, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return tellError(error, args.includes('--json'), context);
  }
}

function createProgram(context: CommandContext, stopRequest: StopRequest): Command {
  const program = new Command('pinhole')
    .description('A self-hosted cloud proxy for real-time audio and video.')
    .version(version())
    .addHelpText('after', HELP_FOOTER)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.out(text.trimEnd()),
      writeErr: (text) => context.err(text.trimEnd()),
    });
  addUpCommand(program, context, stopRequest);
  addTokenCommand(program, context);
  addCredentialsCommand(program, context);
  addConfigCommands(program, context);
  addAllowlistCommand(program, context);
  return program;
}

function tellError(error: unknown, isJson: boolean, { out, err }: CommandContext): number {
  if (!(error instanceof CommandError)) {
    // A mistake of ours: the stack is what a report needs.
    err(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return EXIT.failed;
  }
  const { code, message, problems } = error;
  if (isJson) {
    out(JSON.stringify({ ok: false, error: { code, message, problems } }, undefined, 2));
  } else {
    for (const problem of problems) err(formatConfigProblem(problem));
    err(message);
  }
  return error.exitCode;
}

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return String((JSON.parse(text) as { version?: unknown }).version);
}
