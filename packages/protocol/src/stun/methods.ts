import { readUint16 } from '../bytes.ts';

/**
 * Methods that this implementation speaks (IANA "STUN Methods"; RFC 8489 §18.2, RFC 8656 §17, RFC 6062 §6.1). A test holds the
 * numbers against the registry's own table.
 */
export const METHOD_BINDING = 0x001;
export const METHOD_ALLOCATE = 0x003;
export const METHOD_REFRESH = 0x004;
export const METHOD_SEND = 0x006;
export const METHOD_DATA = 0x007;
export const METHOD_CREATE_PERMISSION = 0x008;
export const METHOD_CHANNEL_BIND = 0x009;
export const METHOD_CONNECT = 0x00a;
export const METHOD_CONNECTION_BIND = 0x00b;
export const METHOD_CONNECTION_ATTEMPT = 0x00c;

/** The four classes of RFC 8489 §5, in the order of their two bits. */
export const MESSAGE_CLASSES = ['request', 'indication', 'success', 'error'] as const;

export type MessageClass = (typeof MESSAGE_CLASSES)[number];

/**
 * The message type interleaves class and method (RFC 8489 §5):
 *
 *      0                 1
 *      2  3  4 5 6 7 8 9 0 1 2 3 4 5
 *     +--+--+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |M |M |M|M|M|C|M|M|M|C|M|M|M|M|
 *     |11|10|9|8|7|1|6|5|4|0|3|2|1|0|
 *     +--+--+-+-+-+-+-+-+-+-+-+-+-+-+
 */
export function encodeMessageType(messageClass: MessageClass, method: number): number {
  const c = MESSAGE_CLASSES.indexOf(messageClass);
  return ((method & 0xf80) << 2) | ((method & 0x070) << 1) | (method & 0x00f) | ((c & 0b10) << 7) | ((c & 0b01) << 4);
}

export function decodeMessageType(type: number): { messageClass: MessageClass; method: number } {
  const c = ((type >> 7) & 0b10) | ((type >> 4) & 0b01);
  return {
    messageClass: MESSAGE_CLASSES[c] ?? 'request',
    method: ((type >> 2) & 0xf80) | ((type >> 1) & 0x070) | (type & 0x00f),
  };
}

/** What turns a client's stream into a peer's connection, if it is granted (RFC 6062 §5.4). */
export function isConnectionBindRequest(message: Uint8Array): boolean {
  return message.length >= 2 && readUint16(message, 0) === encodeMessageType('request', METHOD_CONNECTION_BIND);
}
