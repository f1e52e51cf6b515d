import type { AttributeCodec } from '../attribute.ts';
import { textAttribute } from './text.ts';

/** A description of the sender's software, for people (RFC 8489 §14.14). Read, never sent: it helps only an attacker. */
export const Software: AttributeCodec<string> = textAttribute(0x8022, 'SOFTWARE', 763);
