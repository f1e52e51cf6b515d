import { copyOf, writeUint16 } from '../bytes.ts';
import { STUN_HEADER_LENGTH } from '../classify.ts';
import type { CryptoProvider } from '../crypto.ts';
import { MESSAGE_INTEGRITY_LENGTH, MessageIntegrity } from './attributes/message-integrity.ts';
import { MESSAGE_INTEGRITY_SHA256_LENGTH, MessageIntegritySha256 } from './attributes/message-integrity-sha256.ts';
import { crc32 } from './crc32.ts';
import { readAttribute, type StunMessage } from './message.ts';

const ATTRIBUTE_HEADER_LENGTH = 4;
/** "STUN" in ASCII, so that the CRC differs from one that another protocol in the same packet may carry. */
const FINGERPRINT_XOR = 0x5354_554e;

/** Which attribute proves a message: MESSAGE-INTEGRITY, or MESSAGE-INTEGRITY-SHA256. */
export type IntegrityHash = 'sha1' | 'sha256';

/** What proves a message's integrity, and by which attribute. */
export interface IntegrityKey {
  readonly key: Uint8Array;
  readonly hash: IntegrityHash;
}

type Hmac = Pick<CryptoProvider, 'hmacSha1' | 'hmacSha256'>;

export const INTEGRITY_LENGTHS: Readonly<Record<IntegrityHash, number>> = {
  sha1: MESSAGE_INTEGRITY_LENGTH,
  sha256: MESSAGE_INTEGRITY_SHA256_LENGTH,
};

/** The HMAC over the message up to `offset`, with the header's length as if the attribute ended the message (RFC 8489 §14.5, §14.6). */
export function computeIntegrity(
  bytes: Uint8Array,
  offset: number,
  { key, hash }: IntegrityKey,
  crypto: Hmac,
): Uint8Array {
  const prefix = prefixAsIfEndingWith(bytes, offset, INTEGRITY_LENGTHS[hash]);
  return hash === 'sha256' ? crypto.hmacSha256(key, prefix) : crypto.hmacSha1(key, prefix);
}

/** What the message is proven with: the stronger attribute where it has both (RFC 8489 §9.2.4); `undefined` where it has none. */
export function integrityHash({ integrityOffset, integritySha256Offset }: StunMessage): IntegrityHash | undefined {
  if (integritySha256Offset !== undefined) return 'sha256';
  return integrityOffset === undefined ? undefined : 'sha1';
}

/** Whether the message carries an integrity attribute, and the stronger one that it has was made with this key. */
export function verifyIntegrity(
  message: StunMessage,
  key: Uint8Array,
  crypto: Hmac & Pick<CryptoProvider, 'timingSafeEqual'>,
): boolean {
  const hash = integrityHash(message);
  if (hash === undefined) return false;
  const isSha256 = hash === 'sha256';
  const offset = isSha256 ? message.integritySha256Offset : message.integrityOffset;
  const value = readAttribute(message, isSha256 ? MessageIntegritySha256 : MessageIntegrity);
  if (value === undefined || offset === undefined) return false;
  return crypto.timingSafeEqual(value, computeIntegrity(message.bytes, offset, { key, hash }, crypto));
}

/** The value of a FINGERPRINT that begins at `offset` (RFC 8489 §14.7). */
export function computeFingerprint(bytes: Uint8Array, offset: number): number {
  return (crc32(prefixAsIfEndingWith(bytes, offset, 4)) ^ FINGERPRINT_XOR) >>> 0;
}

/** A copy, so that nobody else ever sees a message whose length is wrong for a moment. */
function prefixAsIfEndingWith(bytes: Uint8Array, offset: number, valueLength: number): Uint8Array {
  const prefix = copyOf(bytes.subarray(0, offset));
  writeUint16(prefix, 2, offset - STUN_HEADER_LENGTH + ATTRIBUTE_HEADER_LENGTH + valueLength);
  return prefix;
}
