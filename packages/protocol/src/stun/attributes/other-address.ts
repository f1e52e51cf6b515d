import type { TransportAddress } from '../../address.ts';
import type { AttributeCodec } from '../attribute.ts';
import { plainAddressAttribute } from './plain-address.ts';

/** The server's address that differs in IP and in port from the one that was asked (RFC 5780 §7.4). */
export const OtherAddress: AttributeCodec<TransportAddress> = plainAddressAttribute(0x802c, 'OTHER-ADDRESS');
