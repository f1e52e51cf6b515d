import type { TransportAddress } from '../../address.ts';
import type { AttributeCodec } from '../attribute.ts';
import { plainAddressAttribute } from './plain-address.ts';

/** Where to ask instead, with error 300 (RFC 8489 §14.15). */
export const AlternateServer: AttributeCodec<TransportAddress> = plainAddressAttribute(0x8023, 'ALTERNATE-SERVER');
