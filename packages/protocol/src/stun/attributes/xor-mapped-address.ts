import type { TransportAddress } from '../../address.ts';
import type { AttributeCodec } from '../attribute.ts';
import { xorAddressAttribute } from './xor-address.ts';

/** Where the server saw the request come from: the client's server-reflexive transport address (RFC 8489 §14.2). */
export const XorMappedAddress: AttributeCodec<TransportAddress> = xorAddressAttribute(0x0020, 'XOR-MAPPED-ADDRESS');
