import { ipRange, rangeContains } from './ip-range.ts';

const IPV4_COMPATIBLE = ipRange('::/96');
/** `::` and `::1` look IPv4-compatible and are not (RFC 4291 §2.5.5.1). */
const NO_IPV4_INSIDE = ipRange('::/127');
const IPV4_MAPPED = ipRange('::ffff:0:0/96');
const IPV4_TRANSLATED = ipRange('::ffff:0:0:0/96');
const NAT64 = ipRange('64:ff9b::/96');
/** Networks choose their own prefix in here; they take 96 bits of it, as RFC 6052 §3.3 advises. */
const LOCAL_NAT64 = ipRange('64:ff9b:1::/48');
const SIX_TO_FOUR = ipRange('2002::/16');
const TEREDO = ipRange('2001::/32');
/** ISATAP interface ids, by the middle of the address: 0:5efe or, with the universal bit, 200:5efe (RFC 5214 §6.1). */
const ISATAP_MIDDLES: readonly string[] = ['00005efe', '02005efe'];

/**
 * Every address that a packet to this one could end up at: itself, and the IPv4 addresses that it carries inside.
 *
 * A deny list that reads only the outer form is the oldest hole in TURN servers (CVE-2020-26262, CVE-2026-27624): the
 * kernel, a NAT64 or a tunnel unwraps what the list did not.
 */
export function meantAddresses(ip: Uint8Array): readonly Uint8Array[] {
  if (ip.length === 4 || rangeContains(NO_IPV4_INSIDE, ip)) return [ip];
  const last4 = ip.subarray(12);
  const meant = [ip];
  const carriesIpv4 = [IPV4_COMPATIBLE, IPV4_MAPPED, IPV4_TRANSLATED, NAT64, LOCAL_NAT64].some((range) =>
    rangeContains(range, ip),
  );
  if (carriesIpv4) meant.push(last4);
  if (rangeContains(SIX_TO_FOUR, ip)) meant.push(ip.subarray(2, 6));
  // Teredo hides the client's address by inverting it, and has the server's in clear (RFC 4380 §4).
  if (rangeContains(TEREDO, ip))
    meant.push(
      ip.subarray(4, 8),
      last4.map((byte) => ~byte),
    );
  if (ISATAP_MIDDLES.includes(hex(ip.subarray(8, 12)))) meant.push(last4);
  return meant;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
