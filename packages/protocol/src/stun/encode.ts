import { padTo4, writeUint16, writeUint32 } from '../bytes.ts';
import { MAGIC_COOKIE, STUN_HEADER_LENGTH } from '../classify.ts';
import type { CryptoProvider } from '../crypto.ts';
import type { AttributeToEncode } from './attribute.ts';
import { Fingerprint, MessageIntegrity, MessageIntegritySha256 } from './attributes/index.ts';
import { computeFingerprint, computeIntegrity, INTEGRITY_LENGTHS, type IntegrityHash } from './integrity.ts';
import { encodeMessageType, type MessageClass } from './methods.ts';

export interface MessageToEncode {
  readonly messageClass: MessageClass;
  readonly method: number;
  readonly transactionId: Uint8Array;
  /** Without MESSAGE-INTEGRITY and FINGERPRINT: those are computed, and always come last. */
  readonly attributes: readonly AttributeToEncode[];
  /** Adds a MESSAGE-INTEGRITY made with this key, or with `hash: 'sha256'` a MESSAGE-INTEGRITY-SHA256. */
  readonly integrity?: {
    readonly key: Uint8Array;
    readonly hash?: IntegrityHash;
    readonly crypto: Pick<CryptoProvider, 'hmacSha1' | 'hmacSha256'>;
  };
  /** Adds a FINGERPRINT. */
  readonly fingerprint?: boolean;
}

/** Encodes one message. Every byte is written, padding as zeros: nothing of our memory can leak (CVE-2020-4067). */
export function encodeStun(message: MessageToEncode): Uint8Array {
  const values = message.attributes.map(({ type, encode }) => ({ type, value: encode(message.transactionId) }));
  const hash = message.integrity?.hash ?? 'sha1';
  const integrityLength = message.integrity === undefined ? 0 : 4 + INTEGRITY_LENGTHS[hash];
  const fingerprintLength = message.fingerprint === true ? 8 : 0;
  const attributesLength = values.reduce((sum, { value }) => sum + 4 + padTo4(value.length), 0);
  const length = attributesLength + integrityLength + fingerprintLength;

  const bytes = new Uint8Array(STUN_HEADER_LENGTH + length);
  writeUint16(bytes, 0, encodeMessageType(message.messageClass, message.method));
  writeUint16(bytes, 2, length);
  writeUint32(bytes, 4, MAGIC_COOKIE);
  bytes.set(message.transactionId, 8);

  let offset = STUN_HEADER_LENGTH;
  for (const { type, value } of values) offset = writeAttribute(bytes, offset, type, value);
  if (message.integrity !== undefined) {
    const { key, crypto } = message.integrity;
    const { type } = hash === 'sha256' ? MessageIntegritySha256 : MessageIntegrity;
    offset = writeAttribute(bytes, offset, type, computeIntegrity(bytes, offset, { key, hash }, crypto));
  }
  if (message.fingerprint === true) {
    const value = Fingerprint.encode(computeFingerprint(bytes, offset), message.transactionId);
    writeAttribute(bytes, offset, Fingerprint.type, value);
  }
  return bytes;
}

function writeAttribute(bytes: Uint8Array, offset: number, type: number, value: Uint8Array): number {
  writeUint16(bytes, offset, type);
  writeUint16(bytes, offset + 2, value.length);
  bytes.set(value, offset + 4);
  return offset + 4 + padTo4(value.length);
}
