import { padTo4, readUint16, writeUint16 } from './bytes.ts';

/**
 * ChannelData (RFC 8656 §12.4):
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-------------------------------+-------------------------------+
 *     |         Channel Number        |            Length             |
 *     +-------------------------------+-------------------------------+
 *     /                       Application Data                        /
 *     +---------------------------------------------------------------+
 *
 * `Length` leaves out the padding that streams add (RFC 8656 §12.5).
 */
export const CHANNEL_DATA_HEADER_LENGTH = 4;

/**
 * RFC 8656 §12 narrowed the range to 0x4FFF so that the first byte tells ChannelData from other protocols; clients
 * of RFC 5766 (coturn's tools before 4.17 among them) still use up to 0x7FFF, and on a TURN port nothing else begins so.
 */
export const MIN_CHANNEL_NUMBER = 0x4000;
export const MAX_CHANNEL_NUMBER = 0x7fff;

const MAX_STRICT_CHANNEL_NUMBER = 0x4fff;

export function isChannelNumber(value: number): boolean {
  return value >= MIN_CHANNEL_NUMBER && value <= MAX_CHANNEL_NUMBER;
}

/** Whether the number is in the range of RFC 8656 §12 alone. */
export function isStrictChannelNumber(value: number): boolean {
  return value >= MIN_CHANNEL_NUMBER && value <= MAX_STRICT_CHANNEL_NUMBER;
}

/** Whether a packet on a TURN port is ChannelData, by its first two bits alone (01). */
export function isChannelData(bytes: Uint8Array): boolean {
  return ((bytes[0] ?? 0) & 0xc0) === 0x40;
}

/** One ChannelData message; `data` is a view into the input and is valid as long as the input is. */
export interface ChannelData {
  readonly channelNumber: number;
  readonly data: Uint8Array;
}

/** `undefined` where the header is cut short, the number is outside the range or the length runs past the input. */
export function decodeChannelData(bytes: Uint8Array): ChannelData | undefined {
  if (bytes.length < CHANNEL_DATA_HEADER_LENGTH) return undefined;
  const channelNumber = readUint16(bytes, 0);
  const length = readUint16(bytes, 2);
  if (!isChannelNumber(channelNumber) || CHANNEL_DATA_HEADER_LENGTH + length > bytes.length) return undefined;
  return { channelNumber, data: bytes.subarray(CHANNEL_DATA_HEADER_LENGTH, CHANNEL_DATA_HEADER_LENGTH + length) };
}

export interface EncodeChannelDataOptions {
  /** Streams need every message to end on a 32-bit boundary (RFC 8656 §12.5); datagrams need no padding. */
  readonly padded: boolean;
}

export function encodeChannelData(
  channelNumber: number,
  data: Uint8Array,
  { padded }: EncodeChannelDataOptions,
): Uint8Array {
  const length = CHANNEL_DATA_HEADER_LENGTH + data.length;
  const bytes = new Uint8Array(padded ? padTo4(length) : length);
  writeUint16(bytes, 0, channelNumber);
  writeUint16(bytes, 2, data.length);
  bytes.set(data, CHANNEL_DATA_HEADER_LENGTH);
  return bytes;
}
