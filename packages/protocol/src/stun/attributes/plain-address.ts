import { formatIp, parseIp, type TransportAddress } from '../../address.ts';
import { readUint16, writeUint16 } from '../../bytes.ts';
import type { AttributeCodec } from '../attribute.ts';
import { FAMILY_IPV4, FAMILY_IPV6 } from './xor-address.ts';

/** The shape of MAPPED-ADDRESS (RFC 8489 §14.1), which RESPONSE-ORIGIN and OTHER-ADDRESS share: an address in the clear. */
export function plainAddressAttribute(type: number, name: string): AttributeCodec<TransportAddress> {
  return { type, name, decode, encode };
}

function decode(value: Uint8Array): TransportAddress | undefined {
  const ipLength = value[1] === FAMILY_IPV4 ? 4 : value[1] === FAMILY_IPV6 ? 16 : undefined;
  if (ipLength === undefined || value.length !== 4 + ipLength) return undefined;
  return { family: ipLength === 4 ? 4 : 6, port: readUint16(value, 2), ip: formatIp(value.subarray(4)) };
}

function encode({ ip, port }: TransportAddress): Uint8Array {
  const ipBytes = parseIp(ip);
  if (ipBytes === undefined) throw new TypeError(`not an IP address: ${ip}`);
  const value = new Uint8Array(4 + ipBytes.length);
  value[1] = ipBytes.length === 4 ? FAMILY_IPV4 : FAMILY_IPV6;
  writeUint16(value, 2, port);
  value.set(ipBytes, 4);
  return value;
}
