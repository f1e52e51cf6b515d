import { padTo4, readUint16, readUint32 } from '../bytes.ts';
import { MAGIC_COOKIE, STUN_HEADER_LENGTH } from '../classify.ts';
import { type AttributeCodec, isComprehensionRequired } from './attribute.ts';
import { ATTRIBUTE_CODECS, Fingerprint, MessageIntegrity, MessageIntegritySha256 } from './attributes/index.ts';
import { computeFingerprint } from './integrity.ts';
import { type DecodedAttribute, type StunMessage, TRANSACTION_ID_LENGTH } from './message.ts';
import { decodeMessageType } from './methods.ts';

/** Why bytes are not a STUN message. A datagram that fails is dropped without an answer; a stream ends. */
export type DecodeFailureReason =
  | 'tooShort'
  | 'notStun'
  | 'badMagicCookie'
  | 'badLength'
  | 'attributeOverrun'
  | 'tooManyAttributes'
  | 'badFingerprint';

/** A failure and the byte at which it was seen. */
export interface DecodeFailure {
  readonly reason: DecodeFailureReason;
  readonly offset: number;
}

export type DecodeResult =
  | { readonly ok: true; readonly message: StunMessage }
  | { readonly ok: false; readonly failure: DecodeFailure };

/** Far above what any client sends, far below what a scan of 16,384 empty attributes would cost. */
export const MAX_ATTRIBUTES = 64;

const CODECS: ReadonlyMap<number, AttributeCodec<unknown>> = new Map(
  ATTRIBUTE_CODECS.map((codec) => [codec.type, codec]),
);

/** Decodes exactly one message: a datagram's payload, or a frame that `StreamFramer` cut out. Never throws. */
export function decodeStun(bytes: Uint8Array): DecodeResult {
  const headerFailure = checkHeader(bytes);
  if (headerFailure !== undefined) return { ok: false, failure: headerFailure };
  const transactionId = bytes.subarray(8, 8 + TRANSACTION_ID_LENGTH);
  const body = decodeAttributes(bytes, transactionId);
  if ('reason' in body) return { ok: false, failure: body };
  return { ok: true, message: { ...decodeMessageType(readUint16(bytes, 0)), transactionId, bytes, ...body } };
}

/** RFC 8489 §5 and §6.3: two zero bits, the cookie, a length in whole words that is the rest of the input. */
function checkHeader(bytes: Uint8Array): DecodeFailure | undefined {
  if (bytes.length < STUN_HEADER_LENGTH) return { reason: 'tooShort', offset: bytes.length };
  if ((bytes[0] ?? 0) >= 0x40) return { reason: 'notStun', offset: 0 };
  if (readUint32(bytes, 4) !== MAGIC_COOKIE) return { reason: 'badMagicCookie', offset: 4 };
  const length = readUint16(bytes, 2);
  if (length % 4 !== 0 || STUN_HEADER_LENGTH + length !== bytes.length) return { reason: 'badLength', offset: 2 };
  return undefined;
}

type Body = Pick<
  StunMessage,
  'attributes' | 'unknownRequired' | 'malformed' | 'integrityOffset' | 'integritySha256Offset'
>;

function decodeAttributes(bytes: Uint8Array, transactionId: Uint8Array): Body | DecodeFailure {
  const attributes: DecodedAttribute[] = [];
  const unknownRequired: number[] = [];
  const malformed: number[] = [];
  let integrityOffset: number | undefined;
  let integritySha256Offset: number | undefined;
  let isStillCounted: (type: number) => boolean = () => true;

  let offset = STUN_HEADER_LENGTH;
  for (let count = 0; offset < bytes.length; count++) {
    if (count === MAX_ATTRIBUTES) return { reason: 'tooManyAttributes', offset };
    const type = readUint16(bytes, offset);
    const length = readUint16(bytes, offset + 2);
    const valueOffset = offset + 4;
    if (valueOffset + padTo4(length) > bytes.length) return { reason: 'attributeOverrun', offset };

    if (isStillCounted(type)) {
      const codec = CODECS.get(type);
      if (codec === undefined) {
        if (isComprehensionRequired(type)) unknownRequired.push(type);
      } else {
        const value = codec.decode(bytes.subarray(valueOffset, valueOffset + length), transactionId);
        if (value === undefined) malformed.push(type);
        attributes.push({ type, value });
      }
      if (type === Fingerprint.type) {
        if (readUint32(bytes, valueOffset) !== computeFingerprint(bytes, offset))
          return { reason: 'badFingerprint', offset };
        isStillCounted = () => false;
      } else if (type === MessageIntegrity.type) {
        integrityOffset = offset;
        isStillCounted = mayFollowIntegrity;
      } else if (type === MessageIntegritySha256.type) {
        integritySha256Offset = offset;
        isStillCounted = mayFollowIntegritySha256;
      }
    }
    offset = valueOffset + padTo4(length);
  }
  return { attributes, unknownRequired, malformed, integrityOffset, integritySha256Offset };
}

/** RFC 8489 §14.5: whatever else follows MESSAGE-INTEGRITY is not protected by it and is ignored. */
function mayFollowIntegrity(type: number): boolean {
  return type === MessageIntegritySha256.type || type === Fingerprint.type;
}

/** RFC 8489 §14.6. */
function mayFollowIntegritySha256(type: number): boolean {
  return type === Fingerprint.type;
}
