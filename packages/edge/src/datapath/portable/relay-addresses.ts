import { type AddressFamily, transportAddress } from '@pinhole/protocol';
import { EdgeError } from '../../errors.ts';
import type { PortRange } from './relay-sockets.ts';

/** Where relayed addresses are bound, and what clients and peers see of them. */
export interface RelayAddressOptions {
  readonly relay: PortRange & {
    /** The local IPv6 address beside an IPv4 `ip`; without it there are relayed addresses of one family only. */
    readonly ipv6?: string;
  };
  /** Of the family of `relay.ip`. */
  readonly externalIp: string;
  /** What is seen of `relay.ipv6`; by default the same. */
  readonly externalIpv6?: string;
}

export interface RelayAddress {
  readonly bindIp: string;
  readonly externalIp: string;
}

/** The relay's addresses by family. Throws an EdgeError where the options contradict each other. */
export function relayAddresses(options: RelayAddressOptions): ReadonlyMap<AddressFamily, RelayAddress> {
  const { relay, externalIp, externalIpv6 = relay.ipv6 } = options;
  const addresses = new Map<AddressFamily, RelayAddress>();
  const family = familyOf('externalIp', externalIp);
  if (familyOf('relay.ip', relay.ip) !== family) {
    throw contradiction(`"externalIp" ${externalIp} and "relay.ip" ${relay.ip} must both be IPv4 or both IPv6.`);
  }
  addresses.set(family, { bindIp: relay.ip, externalIp: canonical(externalIp) });
  if (relay.ipv6 === undefined || externalIpv6 === undefined) return addresses;

  const isPair = family === 4 && familyOf('relay.ipv6', relay.ipv6) === 6;
  if (!isPair) throw contradiction('"relay.ipv6" is the IPv6 address beside an IPv4 "relay.ip".');
  if (familyOf('externalIpv6', externalIpv6) !== 6 || externalIpv6 === '::') {
    throw contradiction(`"externalIpv6" must be the IPv6 address that peers see, not ${externalIpv6}.`);
  }
  return addresses.set(6, { bindIp: relay.ipv6, externalIp: canonical(externalIpv6) });
}

function familyOf(name: string, ip: string): AddressFamily {
  const address = transportAddress(ip, 0);
  if (address === undefined) throw contradiction(`"${name}" is no IP address: ${ip}.`);
  return address.family;
}

function canonical(ip: string): string {
  return transportAddress(ip, 0)?.ip ?? ip;
}

function contradiction(message: string): EdgeError {
  return new EdgeError('EDGE_ERR_OPTIONS', message);
}
