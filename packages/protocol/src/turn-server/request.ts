import { copyOf } from '../bytes.ts';
import type { FiveTuple } from '../five-tuple.ts';
import { Fingerprint, hasAttribute, type IntegrityKey, type StunMessage } from '../stun/index.ts';
import type { Instant, Millis } from '../time.ts';
import type { Identity } from './identity.ts';

/** A decoded message, from where, and when. */
export interface ReceivedMessage {
  readonly now: Instant;
  readonly fiveTuple: FiveTuple;
  readonly message: StunMessage;
}

/** A request whose integrity has been proven. */
export interface AuthenticatedRequest extends ReceivedMessage {
  readonly identity: Identity;
}

/** What an answer needs of its request. Owns its bytes, so that an answer may be given later. */
export interface ReplyTo {
  readonly fiveTuple: FiveTuple;
  readonly method: number;
  readonly transactionId: Uint8Array;
  /** Whether the request had a FINGERPRINT, and the answer gets one. */
  readonly fingerprint: boolean;
  /** When the request came, and how long it was: what strangers get is measured by it. */
  readonly receivedAt: Millis;
  readonly requestLength: number;
  /** Proves the answer's integrity; none where the request's was not proven. */
  readonly integrity: IntegrityKey | undefined;
}

export function replyTo(request: ReceivedMessage | AuthenticatedRequest): ReplyTo {
  const { message, fiveTuple, now } = request;
  return {
    fiveTuple,
    method: message.method,
    transactionId: copyOf(message.transactionId),
    fingerprint: hasAttribute(message, Fingerprint),
    receivedAt: now.monotonic,
    requestLength: message.bytes.length,
    integrity: 'identity' in request ? request.identity.integrity : undefined,
  };
}
