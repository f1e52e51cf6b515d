import { type Answer, inAWord } from './answer.ts';
import type { Observation } from './check.ts';

/** The answer must be one of these: `success`, an error code, or `none`. */
export function answers(
  what: string,
  answer: Answer | undefined,
  ...allowed: readonly ('success' | 'none' | number)[]
): Observation {
  const got = answer === undefined ? 'none' : answer.isSuccess ? 'success' : answer.errorCode;
  return { what, saw: inAWord(answer), isExpected: allowed.some((one) => one === got) };
}

/** Nothing may have come back. */
export function silence(what: string, received: readonly unknown[]): Observation {
  const saw = received.length === 0 ? 'no answer' : `${received.length} answers`;
  return { what, saw, isExpected: received.length === 0 };
}

export function holds(what: string, isExpected: boolean, saw: string = isExpected ? 'yes' : 'no'): Observation {
  return { what, saw, isExpected };
}
