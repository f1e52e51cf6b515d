import { ERROR_MEANINGS, type ErrorCode, errorBody } from '@pinhole/contract';
import type { Handler } from 'hono';

export interface CodedAnswerOptions {
  readonly details?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The answer for an error code: its status and `{ code, message, details? }`. */
export function codedAnswer(code: ErrorCode, { details, headers }: CodedAnswerOptions = {}): Response {
  return Response.json(errorBody(code, details), { status: ERROR_MEANINGS[code].status, headers: { ...headers } });
}

/** Handles the methods of a path that nothing else has handled (RFC 9110 §15.5.6). */
export function onlyMethods(...methods: readonly string[]): Handler {
  return () => codedAnswer('route.method_not_allowed', { headers: { allow: [...methods, 'OPTIONS'].join(', ') } });
}
