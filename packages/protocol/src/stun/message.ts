import type { AttributeCodec } from './attribute.ts';
import type { MessageClass } from './methods.ts';

export const TRANSACTION_ID_LENGTH = 12;

/** An attribute as decoded, in the order of the message. */
export interface DecodedAttribute {
  readonly type: number;
  /** What the attribute's codec made of it; `undefined` where the value is malformed. */
  readonly value: unknown;
}

/**
 * A decoded STUN message (RFC 8489 §5). Values of attributes may be views into the bytes that were decoded, and are
 * valid as long as those are.
 */
export interface StunMessage {
  readonly messageClass: MessageClass;
  readonly method: number;
  readonly transactionId: Uint8Array;
  /** The understood attributes that count: none after MESSAGE-INTEGRITY but those that RFC 8489 §14.5 lets follow it. */
  readonly attributes: readonly DecodedAttribute[];
  /** Comprehension-required types that are not understood, first to last; a request that has any is answered 420. */
  readonly unknownRequired: readonly number[];
  /** Understood types whose value is malformed; a request that has any is answered 400. */
  readonly malformed: readonly number[];
  /** The whole message as it arrived. */
  readonly bytes: Uint8Array;
  /** Where MESSAGE-INTEGRITY begins in `bytes`: what it protects ends there. */
  readonly integrityOffset: number | undefined;
  /** Where MESSAGE-INTEGRITY-SHA256 begins. */
  readonly integritySha256Offset: number | undefined;
}

/** The value of the first such attribute; where an attribute is repeated the rest do not count (RFC 8489 §14). */
export function readAttribute<T>(message: StunMessage, codec: AttributeCodec<T>): T | undefined {
  return message.attributes.find(({ type }) => type === codec.type)?.value as T | undefined;
}

/** All values of an attribute that may be repeated by its own section. */
export function readAttributes<T>(message: StunMessage, codec: AttributeCodec<T>): T[] {
  return message.attributes.filter(({ type }) => type === codec.type).map(({ value }) => value as T);
}

export function hasAttribute<T>(message: StunMessage, codec: AttributeCodec<T>): boolean {
  return message.attributes.some(({ type }) => type === codec.type);
}
