import { readUint32, writeUint32 } from '../../bytes.ts';
import type { AttributeCodec } from '../attribute.ts';

export interface ChangeRequestValue {
  /** Answer from the other IP address. */
  readonly changeIp: boolean;
  /** Answer from the other port. */
  readonly changePort: boolean;
}

const CHANGE_IP = 0x04;
const CHANGE_PORT = 0x02;

/** Asks for an answer from another address than the one that was asked (RFC 5780 §7.2). */
export const ChangeRequest: AttributeCodec<ChangeRequestValue> = {
  type: 0x0003,
  name: 'CHANGE-REQUEST',
  decode(value) {
    if (value.length !== 4) return undefined;
    const flags = readUint32(value, 0);
    return { changeIp: (flags & CHANGE_IP) !== 0, changePort: (flags & CHANGE_PORT) !== 0 };
  },
  encode({ changeIp, changePort }) {
    const bytes = new Uint8Array(4);
    writeUint32(bytes, 0, (changeIp ? CHANGE_IP : 0) | (changePort ? CHANGE_PORT : 0));
    return bytes;
  },
};
