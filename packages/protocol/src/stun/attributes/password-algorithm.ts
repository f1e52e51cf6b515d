import { copyOf, padTo4, readUint16, writeUint16 } from '../../bytes.ts';
import type { AttributeCodec } from '../attribute.ts';

/** How a long-term key is made of the password (RFC 8489 §18.5), and the parameters of that way: none of the known ones has any. */
export interface PasswordAlgorithmValue {
  readonly algorithm: number;
  readonly parameters: Uint8Array;
}

export const PASSWORD_ALGORITHM_MD5 = 0x0001;
export const PASSWORD_ALGORITHM_SHA256 = 0x0002;

/** What the client made its key with (RFC 8489 §14.12). */
export const PasswordAlgorithm: AttributeCodec<PasswordAlgorithmValue> = {
  type: 0x001d,
  name: 'PASSWORD-ALGORITHM',
  decode(value) {
    const list = decodeList(value);
    return list?.length === 1 ? list[0] : undefined;
  },
  encode: (value) => encodeList([value]),
};

/** What the server offers, best first, and what the client repeats to prove that nobody shortened it (RFC 8489 §14.11). */
export const PasswordAlgorithms: AttributeCodec<readonly PasswordAlgorithmValue[]> = {
  type: 0x8002,
  name: 'PASSWORD-ALGORITHMS',
  decode: decodeList,
  encode: encodeList,
};

/** Each entry: a number, the length of its parameters, and those padded to a whole word. */
function decodeList(value: Uint8Array): PasswordAlgorithmValue[] | undefined {
  const list: PasswordAlgorithmValue[] = [];
  for (let offset = 0; offset < value.length; ) {
    if (offset + 4 > value.length) return undefined;
    const start = offset + 4;
    const end = start + readUint16(value, offset + 2);
    // Some senders leave the padding of the last entry to the attribute's own.
    if (end > value.length) return undefined;
    list.push({ algorithm: readUint16(value, offset), parameters: copyOf(value.subarray(start, end)) });
    offset = start + padTo4(end - start);
  }
  return list.length === 0 ? undefined : list;
}

function encodeList(list: readonly PasswordAlgorithmValue[]): Uint8Array {
  const bytes = new Uint8Array(list.reduce((sum, { parameters }) => sum + 4 + padTo4(parameters.length), 0));
  let offset = 0;
  for (const { algorithm, parameters } of list) {
    writeUint16(bytes, offset, algorithm);
    writeUint16(bytes, offset + 2, parameters.length);
    bytes.set(parameters, offset + 4);
    offset += 4 + padTo4(parameters.length);
  }
  return bytes;
}
