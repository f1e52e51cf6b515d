import { en, type Messages } from './en.ts';
import { zh } from './zh.ts';

export type { Messages };

/** The catalog for the terminal's language, by the precedence of POSIX: `LC_ALL`, `LC_MESSAGES`, `LANG`. */
export function messagesFor(env: Readonly<Record<string, string | undefined>>): Messages {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  return locale.toLowerCase().startsWith('zh') ? zh : en;
}
