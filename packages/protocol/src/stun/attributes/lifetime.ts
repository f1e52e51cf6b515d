import { readUint32, writeUint32 } from '../../bytes.ts';
import type { AttributeCodec } from '../attribute.ts';

/** How long an allocation lives without a refresh, in seconds (RFC 8656 §18.2). */
export const Lifetime: AttributeCodec<number> = {
  type: 0x000d,
  name: 'LIFETIME',
  decode: (value) => (value.length === 4 ? readUint32(value, 0) : undefined),
  encode(seconds) {
    const bytes = new Uint8Array(4);
    writeUint32(bytes, 0, seconds);
    return bytes;
  },
};
