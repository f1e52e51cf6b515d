import type { AddressFamily } from '../../address.ts';
import type { AttributeCodec } from '../attribute.ts';

/** The wire's names for the address families. */
export const ADDRESS_FAMILY_IPV4 = 0x01;
export const ADDRESS_FAMILY_IPV6 = 0x02;

/** `undefined` for a value that names no family that there is. */
export function addressFamilyOf(value: number): AddressFamily | undefined {
  if (value === ADDRESS_FAMILY_IPV4) return 4;
  return value === ADDRESS_FAMILY_IPV6 ? 6 : undefined;
}

/** Which family the relayed transport address should have (RFC 8656 §18.6). Values other than the two are a 440. */
export const RequestedAddressFamily: AttributeCodec<number> = {
  type: 0x0017,
  name: 'REQUESTED-ADDRESS-FAMILY',
  decode: (value) => (value.length === 4 ? value[0] : undefined),
  encode: (family) => Uint8Array.of(family, 0, 0, 0),
};
