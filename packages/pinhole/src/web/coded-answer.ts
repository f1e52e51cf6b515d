import { ERROR_MEANINGS, type ErrorCode, errorBody } from '@pinhole/contract';

/** The answer for an error code, with extra headers. */
export function answerWith(code: ErrorCode, headers: Readonly<Record<string, string>> = {}): Response {
  return Response.json(errorBody(code), { status: ERROR_MEANINGS[code].status, headers: { ...headers } });
}
