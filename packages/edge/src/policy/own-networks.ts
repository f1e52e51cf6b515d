import { networkInterfaces } from 'node:os';
import { formatIp, parseIp } from '@pinhole/protocol';

/** What this machine is on its networks. */
export interface OwnNetworks {
  /** Its own addresses. */
  readonly ips: readonly string[];
  /** The directed broadcast addresses of its networks: one packet there reaches every machine (RFC 919). */
  readonly broadcasts: readonly string[];
}

export interface InterfaceAddress {
  readonly address: string;
  readonly netmask: string;
}

export function ownNetworks(addresses: readonly InterfaceAddress[] = interfaceAddresses()): OwnNetworks {
  return {
    // A zone names an interface of this machine; the address itself is what a packet carries.
    ips: addresses.map(({ address }) => address.replace(/%.*$/, '')),
    broadcasts: addresses.flatMap(broadcastOf),
  };
}

function interfaceAddresses(): readonly InterfaceAddress[] {
  return Object.values(networkInterfaces()).flatMap((list) => list ?? []);
}

/** None in IPv6, and none in networks of one or two addresses (RFC 3021). */
function broadcastOf({ address, netmask }: InterfaceAddress): readonly string[] {
  const ip = parseIp(address);
  const mask = parseIp(netmask);
  if (ip?.length !== 4 || mask?.length !== 4 || (mask[3] ?? 0) >= 254) return [];
  return [formatIp(ip.map((byte, i) => byte | (~(mask[i] ?? 0) & 0xff)))];
}
