import { type IpRange, ipRange } from './ip-range.ts';

/** Addresses that are no peer for anybody, whatever the configuration says. */
export const NEVER_PEERS: readonly IpRange[] = [
  ipRange('0.0.0.0/8'), // "This network" (RFC 791 §3.2): a kernel takes it for the machine itself.
  ipRange('::/128'), // The unspecified address (RFC 4291 §2.5.2), likewise.
  ipRange('224.0.0.0/4'), // Multicast (RFC 5771): one packet in, many out.
  ipRange('ff00::/8'), // Multicast (RFC 4291 §2.7).
  ipRange('255.255.255.255/32'), // Limited broadcast (RFC 919).
];

/**
 * What "public" does not mean: IANA's special-purpose address registries (RFC 6890). `peers.public` never opens them;
 * an upstream that lives in one is declared by its address.
 */
export const SPECIAL_PURPOSE: readonly IpRange[] = [
  ...NEVER_PEERS,
  ipRange('10.0.0.0/8'), // Private use (RFC 1918).
  ipRange('100.64.0.0/10'), // Shared address space, carrier-grade NAT (RFC 6598).
  ipRange('127.0.0.0/8'), // Loopback.
  ipRange('169.254.0.0/16'), // Link local; clouds serve their metadata here (RFC 3927).
  ipRange('172.16.0.0/12'), // Private use (RFC 1918).
  ipRange('192.0.0.0/24'), // IETF protocol assignments (RFC 6890).
  ipRange('192.0.2.0/24'), // Documentation (RFC 5737).
  ipRange('192.31.196.0/24'), // AS112 (RFC 7535).
  ipRange('192.52.193.0/24'), // AMT (RFC 7450).
  ipRange('192.88.99.0/24'), // 6to4 relays, deprecated (RFC 7526).
  ipRange('192.168.0.0/16'), // Private use (RFC 1918).
  ipRange('192.175.48.0/24'), // AS112 (RFC 7534).
  ipRange('198.18.0.0/15'), // Benchmarking (RFC 2544).
  ipRange('198.51.100.0/24'), // Documentation (RFC 5737).
  ipRange('203.0.113.0/24'), // Documentation (RFC 5737).
  ipRange('240.0.0.0/4'), // Reserved (RFC 1112).
  ipRange('::/96'), // IPv4-compatible, with the loopback address ::1 (RFC 4291 §2.5.5.1).
  ipRange('::ffff:0:0/96'), // IPv4-mapped (RFC 4291 §2.5.5.2).
  ipRange('::ffff:0:0:0/96'), // IPv4-translated (RFC 2765).
  ipRange('64:ff9b::/96'), // NAT64 (RFC 6052).
  ipRange('64:ff9b:1::/48'), // Local-use NAT64 (RFC 8215).
  ipRange('100::/64'), // Discard only (RFC 6666).
  ipRange('2001::/23'), // IETF protocol assignments, Teredo among them (RFC 2928).
  ipRange('2001:db8::/32'), // Documentation (RFC 3849).
  ipRange('2002::/16'), // 6to4 (RFC 3056).
  ipRange('3fff::/20'), // Documentation (RFC 9637).
  ipRange('5f00::/16'), // Segment routing (RFC 9602).
  ipRange('fc00::/7'), // Unique local (RFC 4193); one cloud serves its metadata at fd00:ec2::254.
  ipRange('fe80::/10'), // Link local (RFC 4291 §2.5.6).
  ipRange('fec0::/10'), // Site local, deprecated (RFC 3879).
];
