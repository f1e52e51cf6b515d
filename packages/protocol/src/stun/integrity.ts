import { writeUint16 } from '../bytes.ts';
import { STUN_HEADER_LENGTH } from '../classify.ts';
import type { CryptoProvider } from '../crypto.ts';
import { MESSAGE_INTEGRITY_LENGTH, MessageIntegrity } from './attributes/message-integrity.ts';
import { crc32 } from './crc32.ts';
import { readAttribute, type StunMessage } from './message.ts';

const ATTRIBUTE_HEADER_LENGTH = 4;
/** "STUN" in ASCII, so that the CRC differs from one that another protocol in the same packet may carry. */
const FINGERPRINT_XOR = 0x5354_554e;

/** HMAC-SHA1 over the message up to `offset`, with the header's length as if the attribute ended the message (RFC 8489 §14.5). */
export function computeIntegrity(
  bytes: Uint8Array,
  offset: number,
  key: Uint8Array,
  crypto: Pick<CryptoProvider, 'hmacSha1'>,
): Uint8Array {
  return crypto.hmacSha1(key, prefixAsIfEndingWith(bytes, offset, MESSAGE_INTEGRITY_LENGTH));
}

/** Whether the message carries a MESSAGE-INTEGRITY and it was made with this key. */
export function verifyIntegrity(
  message: StunMessage,
  key: Uint8Array,
  crypto: Pick<CryptoProvider, 'hmacSha1' | 'timingSafeEqual'>,
): boolean {
  const value = readAttribute(message, MessageIntegrity);
  if (value === undefined || message.integrityOffset === undefined) return false;
  return crypto.timingSafeEqual(value, computeIntegrity(message.bytes, message.integrityOffset, key, crypto));
}

/** The value of a FINGERPRINT that begins at `offset` (RFC 8489 §14.7). */
export function computeFingerprint(bytes: Uint8Array, offset: number): number {
  return (crc32(prefixAsIfEndingWith(bytes, offset, 4)) ^ FINGERPRINT_XOR) >>> 0;
}

/** A copy, so that nobody else ever sees a message whose length is wrong for a moment. */
function prefixAsIfEndingWith(bytes: Uint8Array, offset: number, valueLength: number): Uint8Array {
  const prefix = bytes.slice(0, offset);
  writeUint16(prefix, 2, offset - STUN_HEADER_LENGTH + ATTRIBUTE_HEADER_LENGTH + valueLength);
  return prefix;
}
