import { readUint32, writeUint32 } from '../../bytes.ts';
import type { AttributeCodec } from '../attribute.ts';

/** CRC-32 of everything before it, XORed with "STUN" (RFC 8489 §14.7). Computed and checked in `integrity.ts`. */
export const Fingerprint: AttributeCodec<number> = {
  type: 0x8028,
  name: 'FINGERPRINT',
  decode: (value) => (value.length === 4 ? readUint32(value, 0) : undefined),
  encode(value) {
    const bytes = new Uint8Array(4);
    writeUint32(bytes, 0, value);
    return bytes;
  },
};
