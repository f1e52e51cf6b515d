import { type AttributeToEncode, attribute, ErrorCode, type ErrorCodeValue, encodeStun } from '../stun/index.ts';
import { isFree } from './answer-budget.ts';
import { type AuthenticatedRequest, type ReceivedMessage, type ReplyTo, replyTo } from './request.ts';
import type { ServerState } from './server-state.ts';

export function respondSuccess(
  state: ServerState,
  request: ReceivedMessage | AuthenticatedRequest,
  attributes: readonly AttributeToEncode[],
): void {
  reply(state, replyTo(request), 'success', attributes);
}

/** An error response is a value kept apart from what we log about its cause. */
export function respondError(
  state: ServerState,
  request: ReceivedMessage | AuthenticatedRequest,
  error: ErrorCodeValue,
  attributes: readonly AttributeToEncode[] = [],
): void {
  reply(state, replyTo(request), 'error', [attribute(ErrorCode, error), ...attributes]);
}

/** Sends an answer, and gives its bytes. A stranger whose network has had enough of them gets none. */
export function reply(
  state: ServerState,
  to: ReplyTo,
  messageClass: 'success' | 'error',
  attributes: readonly AttributeToEncode[],
): Uint8Array {
  const { fiveTuple, method, transactionId, fingerprint, integrity } = to;
  const { crypto } = state.options;
  const proof = integrity === undefined ? {} : { integrity: { ...integrity, crypto } };
  const bytes = encodeStun({ messageClass, method, transactionId, attributes, fingerprint, ...proof });
  if (isWithinBudget(state, to, bytes.length)) state.emit({ action: 'sendToClient', fiveTuple, bytes });
  else state.emit({ action: 'drop', reason: 'strangerBudget' });
  return bytes;
}

/** An answer to an unproven request may go to somebody who never asked: over UDP, anybody can write any address. */
function isWithinBudget(
  state: ServerState,
  { integrity, fiveTuple, requestLength, receivedAt }: ReplyTo,
  answerLength: number,
): boolean {
  const { transport, clientAddress } = fiveTuple;
  if (integrity !== undefined || transport !== 'udp' || isFree(answerLength, requestLength)) return true;
  return state.strangers.take(clientAddress.ip, receivedAt);
}
