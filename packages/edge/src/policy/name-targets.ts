import { parseIp } from '@pinhole/protocol';
import { findRange, type IpRange, ipRange, rangeContains } from './ip-range.ts';
import { meantAddresses } from './meant-addresses.ts';
import { NEVER_PEERS } from './special-ranges.ts';

const LOOPBACK: readonly IpRange[] = [ipRange('127.0.0.0/8'), ipRange('::1/128')];

/** Where no name may lead. Private addresses are not among them: that is where upstreams live. */
const FORBIDDEN: readonly IpRange[] = [
  ...NEVER_PEERS,
  ipRange('169.254.0.0/16'), // Link local, and the metadata of most clouds.
  ipRange('fe80::/10'),
  ipRange('fd00:ec2::254/128'), // Metadata of AWS over IPv6.
  ipRange('fd20:ce::254/128'), // Metadata of Google Cloud over IPv6.
  ipRange('100.100.100.200/32'), // Metadata of Alibaba Cloud.
  ipRange('168.63.129.16/32'), // The platform address of Azure.
  ipRange('192.0.0.192/32'), // Metadata of Oracle Cloud.
];

/**
 * Whether gateway or relay may connect to an address that an upstream's name resolved to. Who controls the name could
 * otherwise lead them to the machine itself or to the credentials of its cloud (DNS rebinding). An operator who
 * means such an address writes it; then there is nothing to resolve, and this is not asked.
 */
export function mayNameLeadTo(hostname: string, ip: string): boolean {
  const bytes = parseIp(ip.split('%', 1)[0] ?? '');
  if (bytes === undefined) return false;
  // Resolvers answer these names with loopback themselves (RFC 6761 §6.3): to write the name is to write the address.
  const isLoopbackName = /(^|\.)localhost$/i.test(hostname);
  if (isLoopbackName) return LOOPBACK.some((range) => rangeContains(range, bytes));
  return meantAddresses(bytes).every((meant) => findRange([...LOOPBACK, ...FORBIDDEN], meant) === undefined);
}
