import { readUint16, readUint32 } from './bytes.ts';

/** The fixed value in bytes 4-7 of every STUN message (RFC 8489 §5). */
export const MAGIC_COOKIE = 0x2112_a442;

export const STUN_HEADER_LENGTH = 20;

/** What a byte stream on a port that serves both TURN and the web turns out to carry. */
export type StreamProtocol = 'stun' | 'tls' | 'http' | 'unknown';

/**
 * Tells by the first byte what a new stream carries (RFC 7983 §7 for the first two rows; methods are upper-case
 * letters by RFC 9110 §9.1).
 *
 *     0..3     STUN       22       TLS handshake       65..90   HTTP
 *
 * ChannelData shares its range with the letters, and is no candidate: no channel can be bound before a STUN
 * exchange on the same stream.
 */
export function classifyStreamStart(firstByte: number): StreamProtocol {
  if (firstByte <= 3) return 'stun';
  if (firstByte === 22) return 'tls';
  if (firstByte >= 65 && firstByte <= 90) return 'http';
  return 'unknown';
}

/**
 * Whether a datagram can only be STUN: two zero bits, the magic cookie, a length that is a multiple of four.
 * Looking like STUN is not the same as decoding (RFC 8489 §6.3).
 */
export function looksLikeStun(bytes: Uint8Array): boolean {
  return (
    bytes.length >= STUN_HEADER_LENGTH &&
    (bytes[0] ?? 0xff) < 0x40 &&
    (readUint16(bytes, 2) & 3) === 0 &&
    readUint32(bytes, 4) === MAGIC_COOKIE
  );
}
