import { formatIp, parseIp, type TransportAddress } from '../../address.ts';
import { readUint16, writeUint16, writeUint32 } from '../../bytes.ts';
import { MAGIC_COOKIE } from '../../classify.ts';
import type { AttributeCodec } from '../attribute.ts';

/**
 * The shape that XOR-MAPPED-ADDRESS, XOR-PEER-ADDRESS and XOR-RELAYED-ADDRESS share (RFC 8489 §14.2):
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |0 0 0 0 0 0 0 0|    Family     |         X-Port                |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                X-Address (Variable)
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * The port is XORed with the top half of the magic cookie, the address with the cookie and, for IPv6, the
 * transaction id after it: address-rewriting middleboxes then find nothing to rewrite.
 */
export function xorAddressAttribute(type: number, name: string): AttributeCodec<TransportAddress> {
  return { type, name, decode, encode };
}

export const FAMILY_IPV4 = 0x01;
export const FAMILY_IPV6 = 0x02;

function decode(value: Uint8Array, transactionId: Uint8Array): TransportAddress | undefined {
  const family = value[1];
  const ipLength = family === FAMILY_IPV4 ? 4 : family === FAMILY_IPV6 ? 16 : undefined;
  if (ipLength === undefined || value.length !== 4 + ipLength) return undefined;
  return {
    family: ipLength === 4 ? 4 : 6,
    port: readUint16(value, 2) ^ (MAGIC_COOKIE >>> 16),
    ip: formatIp(xorWithMask(value.subarray(4), transactionId)),
  };
}

function encode({ ip, port }: TransportAddress, transactionId: Uint8Array): Uint8Array {
  const ipBytes = parseIp(ip);
  if (ipBytes === undefined) throw new TypeError(`not an IP address: ${ip}`);
  const value = new Uint8Array(4 + ipBytes.length);
  value[1] = ipBytes.length === 4 ? FAMILY_IPV4 : FAMILY_IPV6;
  writeUint16(value, 2, port ^ (MAGIC_COOKIE >>> 16));
  value.set(xorWithMask(ipBytes, transactionId), 4);
  return value;
}

function xorWithMask(ip: Uint8Array, transactionId: Uint8Array): Uint8Array {
  const mask = new Uint8Array(16);
  writeUint32(mask, 0, MAGIC_COOKIE);
  mask.set(transactionId, 4);
  return ip.map((byte, i) => byte ^ (mask[i] ?? 0));
}
