import { type AttributeToEncode, attribute, ErrorCode, type ErrorCodeValue, encodeStun } from '../stun/index.ts';
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

/** Sends an answer, and gives its bytes. */
export function reply(
  state: ServerState,
  { fiveTuple, method, transactionId, fingerprint, integrity }: ReplyTo,
  messageClass: 'success' | 'error',
  attributes: readonly AttributeToEncode[],
): Uint8Array {
  const { crypto } = state.options;
  const proof = integrity === undefined ? {} : { integrity: { ...integrity, crypto } };
  const bytes = encodeStun({ messageClass, method, transactionId, attributes, fingerprint, ...proof });
  state.emit({ action: 'sendToClient', fiveTuple, bytes });
  return bytes;
}
