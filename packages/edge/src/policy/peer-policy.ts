import type { Config } from '@pinhole/contract';
import { type PeerQuestion, type PeerVerdict, parseIp } from '@pinhole/protocol';
import { findRange, type IpRange, ipRange } from './ip-range.ts';
import { meantAddresses } from './meant-addresses.ts';
import { type AddressesOf, type CompiledRule, compileRule, findDenial, isOpenedBy } from './peer-rules.ts';
import { NEVER_PEERS, SPECIAL_PURPOSE } from './special-ranges.ts';

/** A local address that serves something of ours. A wildcard address stands for every local one. */
export interface OwnEndpoint {
  readonly ip: string;
  readonly port: number;
}

/** Where Pinhole itself is. */
export interface OwnPlaces {
  /** Listeners, metrics and the like: nobody reaches them through the relay. */
  readonly endpoints: readonly OwnEndpoint[];
  /** The machine's own addresses, the external one included: what a wildcard listener answers on. */
  readonly ips: readonly string[];
  /** The broadcast addresses of the machine's networks. */
  readonly broadcasts: readonly string[];
}

export interface PeerPolicyOptions {
  readonly config: Pick<Config, 'apps' | 'upstreams' | 'peers'>;
  readonly own: OwnPlaces;
  /** What the names in rules lead to now. */
  readonly addressesOf: AddressesOf;
}

/**
 * Judges every address that a client wants to exchange packets with: one function for permissions, channels, Send and
 * what comes in. The first rule that matches decides, and the last one is no:
 *
 *  1. never: unspecified, multicast, broadcast (also of our own networks), port 0, our own endpoints
 *  2. the operator's `peers.deny`
 *  3. the declared media addresses of the app's upstreams by address, name and port, private ones included
 *  4. relayed addresses of the same app, so that two clients can call each other
 *  5. `peers.public`, which opens public unicast and none of the special-purpose ranges
 *
 * A permission covers every port of an address (RFC 8656 §9): it is given where some port may be reached, and each
 * packet is judged with its port.
 */
export function createPeerPolicy(options: PeerPolicyOptions): (question: PeerQuestion) => PeerVerdict {
  const deny = options.config.peers.deny.map((text) => compileRule(text, options.addressesOf));
  const mediaByApp = upstreamMediaByApp(options);
  const broadcasts = options.own.broadcasts.map(ipRange);
  const isOwnEndpoint = ownEndpointTest(options.own);

  return ({ appId, peer, relayedFor }) => {
    const ip = parseIp(peer.ip);
    if (ip === undefined) return denied('not an IP address');
    const meant = meantAddresses(ip);

    if (peer.port === 0) return denied('never: port 0');
    const never = findInAny(NEVER_PEERS, meant);
    if (never !== undefined) return denied(`never: ${never.text}`);
    if (findInAny(broadcasts, meant) !== undefined) return denied('never: the broadcast address of a network of ours');
    if (meant.some((address) => isOwnEndpoint(address, peer.port)))
      return denied('never: an endpoint of Pinhole itself');

    const denyRule = findDenial(deny, meant, peer.port);
    if (denyRule !== undefined) return denied(`peers.deny: ${denyRule.text}`);

    // What allows reads the address as it stands: what it carries inside says where it might go, not where it goes.
    if (isOpenedBy(mediaByApp.get(appId) ?? [], ip, peer.port)) return ALLOWED;

    if (relayedFor !== undefined) {
      return relayedFor === appId ? ALLOWED : denied('a relayed address of another app');
    }

    if (!options.config.peers.public) return denied('default: not a media address of the upstreams of this app');
    const special = findInAny(SPECIAL_PURPOSE, meant);
    return special === undefined ? ALLOWED : denied(`peers.public opens no special-purpose range: ${special.text}`);
  };
}

const ALLOWED: PeerVerdict = { allowed: true };

function denied(rule: string): PeerVerdict {
  return { allowed: false, rule };
}

function findInAny(ranges: readonly IpRange[], addresses: readonly Uint8Array[]): IpRange | undefined {
  for (const address of addresses) {
    const range = findRange(ranges, address);
    if (range !== undefined) return range;
  }
  return undefined;
}

function upstreamMediaByApp({
  config: { apps, upstreams },
  addressesOf,
}: PeerPolicyOptions): ReadonlyMap<string, readonly CompiledRule[]> {
  const media = new Map(
    upstreams.map(({ name, media: rules }) => [name, rules.map((text) => compileRule(text, addressesOf))]),
  );
  return new Map(apps.map(({ id, upstreams: names }) => [id, names.flatMap((name) => media.get(name) ?? [])]));
}

/** Whether address and port are ours; for an open port (a permission) never: its packets are judged one by one. */
function ownEndpointTest(own: OwnPlaces): (ip: Uint8Array, port: number | undefined) => boolean {
  const loopback = [ipRange('127.0.0.0/8'), ipRange('::1')];
  const everywhere = [...own.ips.map(ipRange), ...loopback];
  const endpoints = own.endpoints.map(({ ip, port }) => ({
    port,
    ranges: isWildcard(ip) ? everywhere : [ipRange(ip)],
  }));
  return (ip, port) =>
    endpoints.some((endpoint) => endpoint.port === port && findRange(endpoint.ranges, ip) !== undefined);
}

function isWildcard(ip: string): boolean {
  return ip === '0.0.0.0' || ip === '::';
}
