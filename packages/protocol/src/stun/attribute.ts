/**
 * How one attribute's value is read and written. One file each under `attributes/`, named as the RFC names it.
 *
 * `decode` gives `undefined` for a value that its section does not allow; what follows from that (400, or silence)
 * is the reader's decision, never the codec's.
 */
export interface AttributeCodec<T> {
  /** IANA "STUN Attributes" number. */
  readonly type: number;
  /** The RFC's own spelling, for logs and decoders. */
  readonly name: string;
  /** `value` is a view without padding; what is returned may borrow from it. */
  decode(value: Uint8Array, transactionId: Uint8Array): T | undefined;
  encode(value: T, transactionId: Uint8Array): Uint8Array;
}

/** An attribute together with the value that it is to carry. */
export interface AttributeToEncode {
  readonly type: number;
  encode(transactionId: Uint8Array): Uint8Array;
}

export function attribute<T>(codec: AttributeCodec<T>, value: T): AttributeToEncode {
  return { type: codec.type, encode: (transactionId) => codec.encode(value, transactionId) };
}

/** Types below 0x8000 must be understood by whoever processes the message (RFC 8489 §14). */
export function isComprehensionRequired(type: number): boolean {
  return type < 0x8000;
}
