import type { TransportAddress } from '../../address.ts';
import type { AttributeCodec } from '../attribute.ts';
import { xorAddressAttribute } from './xor-address.ts';

/** The relayed transport address that the server allocated (RFC 8656 §18.5). */
export const XorRelayedAddress: AttributeCodec<TransportAddress> = xorAddressAttribute(0x0016, 'XOR-RELAYED-ADDRESS');
