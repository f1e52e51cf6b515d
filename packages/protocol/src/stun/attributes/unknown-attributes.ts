import { readUint16, writeUint16 } from '../../bytes.ts';
import type { AttributeCodec } from '../attribute.ts';

/** The comprehension-required attributes that a 420 answer complains about (RFC 8489 §14.13). */
export const UnknownAttributes: AttributeCodec<readonly number[]> = {
  type: 0x000a,
  name: 'UNKNOWN-ATTRIBUTES',
  decode(value) {
    if (value.length % 2 !== 0) return undefined;
    return Array.from({ length: value.length / 2 }, (_, i) => readUint16(value, i * 2));
  },
  encode(types) {
    const bytes = new Uint8Array(types.length * 2);
    for (const [i, type] of types.entries()) writeUint16(bytes, i * 2, type);
    return bytes;
  },
};
