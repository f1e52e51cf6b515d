import { decodeUtf8, encodeUtf8 } from '../../bytes.ts';
import type { AttributeCodec } from '../attribute.ts';

export interface ErrorCodeValue {
  /** 300 to 699. */
  readonly code: number;
  readonly reasonPhrase: string;
}

/**
 * Why a request failed (RFC 8489 §14.8): the hundreds in the low three bits of byte 2, the rest in byte 3, then a
 * reason phrase for people.
 */
export const ErrorCode: AttributeCodec<ErrorCodeValue> = {
  type: 0x0009,
  name: 'ERROR-CODE',
  decode(value) {
    const hundreds = (value[2] ?? 0) & 0x07;
    const rest = value[3] ?? 0xff;
    const reasonPhrase = decodeUtf8(value.subarray(4));
    if (value.length < 4 || hundreds < 3 || hundreds > 6 || rest > 99 || reasonPhrase === undefined) return undefined;
    return { code: hundreds * 100 + rest, reasonPhrase };
  },
  encode({ code, reasonPhrase }) {
    const reason = encodeUtf8(reasonPhrase);
    const bytes = new Uint8Array(4 + reason.length);
    bytes[2] = Math.floor(code / 100);
    bytes[3] = code % 100;
    bytes.set(reason, 4);
    return bytes;
  },
};
