import { readUint16, writeUint16 } from '../../bytes.ts';
import type { AttributeCodec } from '../attribute.ts';

/** The number of a channel (RFC 8656 §18.1); two reserved bytes follow it. Whether it is in range is the handler's question. */
export const ChannelNumber: AttributeCodec<number> = {
  type: 0x000c,
  name: 'CHANNEL-NUMBER',
  decode: (value) => (value.length === 4 ? readUint16(value, 0) : undefined),
  encode(channelNumber) {
    const bytes = new Uint8Array(4);
    writeUint16(bytes, 0, channelNumber);
    return bytes;
  },
};
