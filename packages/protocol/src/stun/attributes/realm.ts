import type { AttributeCodec } from '../attribute.ts';
import { textAttribute } from './text.ts';

/** The realm that the credential belongs to (RFC 8489 §14.9): fewer than 128 characters, at most 763 bytes. */
export const Realm: AttributeCodec<string> = textAttribute(0x0014, 'REALM', 763);
