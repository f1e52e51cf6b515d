import type { TransportAddress } from '../../address.ts';
import type { AttributeCodec } from '../attribute.ts';
import { plainAddressAttribute } from './plain-address.ts';

/** The address that the response is sent from (RFC 5780 §7.3). */
export const ResponseOrigin: AttributeCodec<TransportAddress> = plainAddressAttribute(0x802b, 'RESPONSE-ORIGIN');
