import { readUint32, writeUint32 } from '../../bytes.ts';
import type { AttributeCodec } from '../attribute.ts';

/** Names a connection between a relay and a peer until a client's connection is bound to it (RFC 6062 §6.2.1). */
export const ConnectionId: AttributeCodec<number> = {
  type: 0x002a,
  name: 'CONNECTION-ID',
  decode: (value) => (value.length === 4 ? readUint32(value, 0) : undefined),
  encode(connectionId) {
    const bytes = new Uint8Array(4);
    writeUint32(bytes, 0, connectionId);
    return bytes;
  },
};
