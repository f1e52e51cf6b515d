import { MAGIC_COOKIE, STUN_HEADER_LENGTH } from '@pinhole/protocol';

const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const SEND_INDICATION = 0x0016;
const DATA_INDICATION = 0x0017;
const DATA_ATTRIBUTE = 0x0013;
const SOFTWARE_ATTRIBUTE = 0x8022;

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** `mark` tells messages apart: it is the last byte of the transaction id. */
export function bindingRequest(mark = 0): Uint8Array {
  return stunMessage(BINDING_REQUEST, new Uint8Array(0), mark);
}

/** An answer of the given size, for filling a stream. */
export function largeAnswer(byteLength: number): Uint8Array {
  return stunMessage(BINDING_SUCCESS, attribute(SOFTWARE_ATTRIBUTE, new Uint8Array(byteLength)));
}

export function sendIndication(data: Uint8Array): Uint8Array {
  return stunMessage(SEND_INDICATION, attribute(DATA_ATTRIBUTE, data));
}

export function dataIndication(data: Uint8Array): Uint8Array {
  return stunMessage(DATA_INDICATION, attribute(DATA_ATTRIBUTE, data));
}

function stunMessage(type: number, attributes: Uint8Array, mark = 0): Uint8Array {
  const message = new Uint8Array(STUN_HEADER_LENGTH + attributes.length);
  const view = new DataView(message.buffer);
  view.setUint16(0, type);
  view.setUint16(2, attributes.length);
  view.setUint32(4, MAGIC_COOKIE);
  message[STUN_HEADER_LENGTH - 1] = mark;
  message.set(attributes, STUN_HEADER_LENGTH);
  return message;
}

function attribute(type: number, value: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + Math.ceil(value.length / 4) * 4);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, type);
  view.setUint16(2, value.length);
  bytes.set(value, 4);
  return bytes;
}
