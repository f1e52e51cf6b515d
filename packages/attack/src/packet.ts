import { createHmac } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { type AttributeToEncode, encodeMessageType, MAGIC_COOKIE, type MessageClass } from '@pinhole/protocol';

const HEADER_LENGTH = 20;
const MESSAGE_INTEGRITY = 0x0008;
const FINGERPRINT = 0x8028;
/** "STUN" in ASCII (RFC 8489 §14.7). */
const FINGERPRINT_XOR = 0x5354_554e;

/** A piece of a message, at the place where it is written: also where no well-behaved client would put it. */
export type Part =
  | AttributeToEncode
  | { readonly integrityKey: Uint8Array }
  | { readonly fingerprint: 'right' | 'wrong' }
  | { readonly bytes: Uint8Array };

export interface PacketOptions {
  readonly messageClass?: MessageClass;
  readonly method: number;
  readonly transactionId: Uint8Array;
  readonly parts?: readonly Part[];
  readonly cookie?: number;
  /** What the header says instead of the truth. */
  readonly declaredLength?: number;
}

/**
 * Writes a message piece by piece, in the order given and without a look at its sense. The suite has a writer of its own
 * because the codec's can, rightly, not write what is wrong.
 */
export function packet({ messageClass = 'request', method, parts = [], ...rest }: PacketOptions): Buffer {
  const header = Buffer.alloc(HEADER_LENGTH);
  header.writeUInt16BE(encodeMessageType(messageClass, method), 0);
  header.writeUInt32BE(rest.cookie ?? MAGIC_COOKIE, 4);
  header.set(rest.transactionId, 8);
  let message: Buffer = header;
  for (const part of parts) message = Buffer.concat([message, writePart(part, message, rest.transactionId)]);
  message.writeUInt16BE((rest.declaredLength ?? message.length - HEADER_LENGTH) & 0xffff, 2);
  return message;
}

/** An attribute of any type, with any bytes. */
export function rawAttribute(type: number, value: Uint8Array | string): AttributeToEncode {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return { type, encode: () => bytes };
}

/** Type, length and value as they go over the wire; `declaredLength` where the length is to lie. */
export function attributeBytes(type: number, value: Uint8Array, declaredLength: number = value.length): Buffer {
  const bytes = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
  bytes.writeUInt16BE(type, 0);
  bytes.writeUInt16BE(declaredLength, 2);
  bytes.set(value, 4);
  return bytes;
}

export function channelData(channelNumber: number, data: Uint8Array, declaredLength: number = data.length): Buffer {
  const bytes = Buffer.alloc(4 + data.length);
  bytes.writeUInt16BE(channelNumber, 0);
  bytes.writeUInt16BE(declaredLength, 2);
  bytes.set(data, 4);
  return bytes;
}

function writePart(part: Part, before: Buffer, transactionId: Uint8Array): Buffer {
  if ('bytes' in part) return Buffer.from(part.bytes);
  if ('type' in part) return attributeBytes(part.type, part.encode(transactionId));
  if ('integrityKey' in part) {
    const hmac = createHmac('sha1', part.integrityKey).update(lengthened(before, 24)).digest();
    return attributeBytes(MESSAGE_INTEGRITY, hmac);
  }
  const value = Buffer.alloc(4);
  const right = (crc32(lengthened(before, 8)) ^ FINGERPRINT_XOR) >>> 0;
  value.writeUInt32BE(part.fingerprint === 'right' ? right : (right ^ 1) >>> 0);
  return attributeBytes(FINGERPRINT, value);
}

/** What integrity and fingerprint cover: the message so far, its length as if they ended it (RFC 8489 §14.5, §14.7). */
function lengthened(message: Buffer, more: number): Buffer {
  const copy = Buffer.from(message);
  copy.writeUInt16BE((message.length - HEADER_LENGTH + more) & 0xffff, 2);
  return copy;
}
