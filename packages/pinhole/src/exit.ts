import type { ConfigProblem } from '@pinhole/contract';

/** What the command's exit code says. Documented in `pinhole --help`. */
export const EXIT: { readonly ok: 0; readonly failed: 1; readonly usage: 2 } = { ok: 0, failed: 1, usage: 2 };

/** Ends a command with a message for its user and no stack trace. */
export class CommandError extends Error {
  readonly exitCode: number;
  /** For programs that read `--json`. */
  readonly code: string;
  readonly problems: readonly ConfigProblem[];

  private constructor(exitCode: number, code: string, message: string, more: CommandErrorMore = {}) {
    super(message, more.cause === undefined ? {} : { cause: more.cause });
    this.name = 'CommandError';
    this.exitCode = exitCode;
    this.code = code;
    this.problems = more.problems ?? [];
  }

  /** The options or the configuration are wrong: nothing was tried. */
  static usage(message: string): CommandError {
    return new CommandError(EXIT.usage, 'usage', message);
  }

  static config(message: string, problems: readonly ConfigProblem[]): CommandError {
    return new CommandError(EXIT.usage, 'config', message, { problems });
  }

  /** It was tried and did not work. */
  static failed(message: string, cause?: unknown): CommandError {
    return new CommandError(EXIT.failed, 'failed', message, { cause });
  }
}

interface CommandErrorMore {
  readonly cause?: unknown;
  readonly problems?: readonly ConfigProblem[];
}

/** The operating system's code (`EADDRINUSE`, `ENOENT`), here or in a cause. */
export function systemError(error: unknown): NodeJS.ErrnoException | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('syscall' in error) return error as NodeJS.ErrnoException;
  return systemError(error.cause);
}
