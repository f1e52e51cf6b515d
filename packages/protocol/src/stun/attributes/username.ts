import type { AttributeCodec } from '../attribute.ts';
import { textAttribute } from './text.ts';

/** Whose credential proves the message's integrity (RFC 8489 §14.3): fewer than 509 bytes. */
export const Username: AttributeCodec<string> = textAttribute(0x0006, 'USERNAME', 508);
