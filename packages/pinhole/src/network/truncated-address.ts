import { formatIp, parseIp } from '@pinhole/protocol';

const IPV4_BYTES_KEPT = 3;
/** What a site gets: a /48 (RFC 6177). */
const IPV6_BYTES_KEPT = 6;

/** The network of an address, without the port: `203.0.113.0/24`, `2001:db8:1::/48`. What is no address is hidden whole. */
export function truncatedAddress(text: string): string {
  const bytes = parseIp(ipOf(text));
  if (bytes === undefined) return '[redacted]';
  const inner = isMapped(bytes) ? bytes.subarray(12) : bytes;
  const kept = inner.length === 4 ? IPV4_BYTES_KEPT : IPV6_BYTES_KEPT;
  return `${formatIp(inner.map((byte, i) => (i < kept ? byte : 0)))}/${kept * 8}`;
}

/** Of `203.0.113.5:3478`, `[2001:db8::1]:3478` or an address alone. */
function ipOf(text: string): string {
  const bracketed = /^\[(.+)\]:\d+$/.exec(text);
  if (bracketed !== null) return bracketed[1] ?? '';
  return text.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
}

function isMapped(bytes: Uint8Array): boolean {
  return /^::ffff:\d+\./.test(formatIp(bytes));
}
