import { STUN_HEADER_LENGTH } from '@pinhole/protocol';

/** Send and Data indications (RFC 8656 §18.1): class 0b01, methods 0x006 and 0x007. */
const SEND_INDICATION = 0x0016;
const DATA_INDICATION = 0x0017;
const DATA_ATTRIBUTE = 0x0013;
const ATTRIBUTE_HEADER_LENGTH = 4;

/** How much application data a Send indication carries; `undefined` for every other message. For the counters only. */
export function sendIndicationByteLength(message: Uint8Array): number | undefined {
  return readUint16(message, 0) === SEND_INDICATION ? dataByteLength(message) : undefined;
}

/** The same for a Data indication. */
export function dataIndicationByteLength(message: Uint8Array): number | undefined {
  return readUint16(message, 0) === DATA_INDICATION ? dataByteLength(message) : undefined;
}

/** The length of the first DATA attribute, 0 where there is none. The core decides whether the message is sound. */
function dataByteLength(message: Uint8Array): number {
  let offset = STUN_HEADER_LENGTH;
  while (offset + ATTRIBUTE_HEADER_LENGTH <= message.length) {
    const byteLength = readUint16(message, offset + 2);
    const isData = readUint16(message, offset) === DATA_ATTRIBUTE;
    if (isData) return Math.min(byteLength, message.length - offset - ATTRIBUTE_HEADER_LENGTH);
    offset += ATTRIBUTE_HEADER_LENGTH + ((byteLength + 3) & ~3);
  }
  return 0;
}

function readUint16(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0);
}
