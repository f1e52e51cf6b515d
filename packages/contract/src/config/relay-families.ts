import { isGroup } from './group.ts';
import type { Finding } from './problems.ts';

/** `relay.ipv6` and `externalIpv6` are the second family beside IPv4, and need an address that peers can be told. */
export function relayFamilies(raw: Readonly<Record<string, unknown>>): readonly Finding[] {
  const { ip = '0.0.0.0', ipv6 } = isGroup(raw.relay) ? raw.relay : {};
  const { externalIpv6 } = raw;
  const findings: Finding[] = [];
  if (isText(ipv6) && !isIpv6(ipv6)) findings.push({ path: ['relay', 'ipv6'], message: 'must be an IPv6 address' });
  if (isText(ipv6) && isText(ip) && isIpv6(ip)) {
    findings.push({ path: ['relay', 'ipv6'], message: 'is for the second family; relay.ip is IPv6 already' });
  }
  if (isText(externalIpv6) && (!isIpv6(externalIpv6) || externalIpv6 === '::')) {
    findings.push({ path: ['externalIpv6'], message: 'must be the IPv6 address that peers see' });
  }
  if (isText(externalIpv6) && ipv6 === undefined) {
    findings.push({ path: ['externalIpv6'], message: 'has no effect without relay.ipv6, the local address behind it' });
  }
  if (ipv6 === '::' && externalIpv6 === undefined) {
    findings.push({
      path: ['relay', 'ipv6'],
      message: 'is every local address; set externalIpv6 to the one that peers see',
    });
  }
  return findings;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isIpv6(text: string): boolean {
  return text.includes(':');
}
