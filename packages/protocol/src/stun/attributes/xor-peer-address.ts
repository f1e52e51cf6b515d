import type { TransportAddress } from '../../address.ts';
import type { AttributeCodec } from '../attribute.ts';
import { xorAddressAttribute } from './xor-address.ts';

/** The peer's transport address as seen from the server (RFC 8656 §18.3). CreatePermission may carry several. */
export const XorPeerAddress: AttributeCodec<TransportAddress> = xorAddressAttribute(0x0012, 'XOR-PEER-ADDRESS');
