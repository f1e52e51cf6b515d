import type { AttributeCodec } from '../attribute.ts';
import { textAttribute } from './text.ts';

/** The server's challenge, sent back by the client (RFC 8489 §14.10): fewer than 128 characters, at most 763 bytes. */
export const Nonce: AttributeCodec<string> = textAttribute(0x0015, 'NONCE', 763);
