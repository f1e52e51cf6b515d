import { decodeUtf8, encodeUtf8 } from '../../bytes.ts';
import type { AttributeCodec } from '../attribute.ts';

/**
 * The shape that USERNAME, REALM, NONCE and SOFTWARE share: UTF-8 with an upper bound in bytes.
 *
 * Control characters are refused: none of the four can contain one by its grammar (RFC 8489 §14.3, §14.9, §14.10, §14.14),
 * and text that never holds a line feed cannot forge a log line.
 */
export function textAttribute(type: number, name: string, maxBytes: number): AttributeCodec<string> {
  return {
    type,
    name,
    decode(value) {
      if (value.length > maxBytes) return undefined;
      const text = decodeUtf8(value);
      return text === undefined || hasControlCharacter(text) ? undefined : text;
    },
    encode: encodeUtf8,
  };
}

function hasControlCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}
