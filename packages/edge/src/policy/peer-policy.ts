import type { Config } from '@pinhole/contract';
import { type PeerQuestion, type PeerVerdict, parseIp } from '@pinhole/protocol';
import { findRange, type IpRange, ipRange } from './ip-range.ts';
import { meantAddresses } from './meant-addresses.ts';
import { NEVER_PEERS, SPECIAL_PURPOSE } from './special-ranges.ts';

/** A local address that serves something of ours. A wildcard address stands for every local one. */
export interface OwnEndpoint {
  readonly ip: string;
  readonly port: number;
}

export interface PeerPolicyOptions {
  readonly config: Pick<Config, 'apps' | 'upstreams' | 'peers'>;
  /** Listeners, metrics and the like: nobody reaches them through the relay. */
  readonly ownEndpoints: readonly OwnEndpoint[];
  /** The machine's own addresses, the external one included: what a wildcard listener answers on. */
  readonly ownIps: readonly string[];
}

/**
 * Judges every address that a client wants to exchange packets with: one function for permissions, channels, Send and
 * what comes in. The first rule that matches decides, and the last one is no:
 *
 *  1. never: unspecified, multicast, broadcast, port 0, our own endpoints
 *  2. the operator's `peers.deny`
 *  3. the declared media addresses of the app's upstreams, private ones included
 *  4. relayed addresses of the same app, so that two clients can call each other
 *  5. `peers.public`, which opens public unicast and none of the special-purpose ranges
 */
export function createPeerPolicy(options: PeerPolicyOptions): (question: PeerQuestion) => PeerVerdict {
  const deny = options.config.peers.deny.map(ipRange);
  const mediaByApp = upstreamMediaByApp(options.config);
  const isOwnEndpoint = ownEndpointTest(options);

  return ({ appId, peer, relayedFor }) => {
    const ip = parseIp(peer.ip);
    if (ip === undefined) return denied('not an IP address');
    const meant = meantAddresses(ip);

    if (peer.port === 0) return denied('never: port 0');
    const never = findInAny(NEVER_PEERS, meant);
    if (never !== undefined) return denied(`never: ${never.text}`);
    if (meant.some((address) => isOwnEndpoint(address, peer.port)))
      return denied('never: an endpoint of Pinhole itself');

    const denyRule = findInAny(deny, meant);
    if (denyRule !== undefined) return denied(`peers.deny: ${denyRule.text}`);

    // What allows reads the address as it stands: what it carries inside says where it might go, not where it goes.
    if (findRange(mediaByApp.get(appId) ?? [], ip) !== undefined) return ALLOWED;

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

function upstreamMediaByApp({ apps, upstreams }: PeerPolicyOptions['config']): ReadonlyMap<string, readonly IpRange[]> {
  const media = new Map(upstreams.map(({ name, media: ranges }) => [name, ranges.map(ipRange)]));
  return new Map(apps.map(({ id, upstreams: names }) => [id, names.flatMap((name) => media.get(name) ?? [])]));
}

/** Whether address and port are ours; for an open port (a permission) never: its packets are judged one by one. */
function ownEndpointTest({
  ownEndpoints,
  ownIps,
}: PeerPolicyOptions): (ip: Uint8Array, port: number | undefined) => boolean {
  const loopback = [ipRange('127.0.0.0/8'), ipRange('::1')];
  const everywhere = [...ownIps.map(ipRange), ...loopback];
  const endpoints = ownEndpoints.map(({ ip, port }) => ({
    port,
    ranges: isWildcard(ip) ? everywhere : [ipRange(ip)],
  }));
  return (ip, port) => endpoints.some((own) => own.port === port && findRange(own.ranges, ip) !== undefined);
}

function isWildcard(ip: string): boolean {
  return ip === '0.0.0.0' || ip === '::';
}
