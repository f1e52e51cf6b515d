import type { IceServer } from '@pinhole/contract';

/** How media reaches the relay: TURN over UDP, over plain TCP, or over TLS. */
export type Transport = 'udp' | 'tcp' | 'tls';

/** What an app may ask for: one of the transports, or the best one that works. */
export type TransportChoice = 'auto' | Transport;

/**
 * Best first. UDP loses a late packet instead of holding up all later ones; TLS costs one more handshake than plain TCP
 * and hides what plain TCP shows, so it comes last and gets through where nothing else does.
 */
export const TRANSPORTS: readonly Transport[] = ['udp', 'tcp', 'tls'];

/** All TURN URLs of one transport. They are proved together and live or die together where one of them works. */
export interface TransportGroup {
  readonly transport: Transport;
  readonly iceServers: readonly IceServer[];
}

/** The transport that a URL asks for (RFC 7065 §3.1, RFC 7064); `undefined` where it is no TURN URL. */
export function transportOfUrl(url: string): Transport | undefined {
  const match = /^(turns?):[^?]+(?:\?transport=(udp|tcp))?$/i.exec(url);
  if (match === null) return undefined;
  const isSecure = match[1]?.toLowerCase() === 'turns';
  const isTcp = match[2]?.toLowerCase() === 'tcp';
  if (!isSecure) return isTcp ? 'tcp' : 'udp';
  // TURN over DTLS (`turns:` with `transport=udp`): no browser speaks it.
  return match[2]?.toLowerCase() === 'udp' ? undefined : 'tls';
}

/** Sorts the URLs of a session by transport, best transport first. Transports without a URL are left out. */
export function groupByTransport(iceServers: readonly IceServer[]): readonly TransportGroup[] {
  return TRANSPORTS.map((transport) => ({ transport, iceServers: onlyTransport(iceServers, transport) })).filter(
    (group) => group.iceServers.length > 0,
  );
}

/** The same servers with only those URLs that `keep` accepts; servers without any are left out. */
export function filterUrls(iceServers: readonly IceServer[], keep: (url: string) => boolean): readonly IceServer[] {
  return iceServers
    .map((server) => ({ ...server, urls: server.urls.filter(keep) }))
    .filter((server) => server.urls.length > 0);
}

/** The URLs of a group in their order, for reports. They hold no credentials. */
export function urlsOf(group: TransportGroup): readonly string[] {
  return group.iceServers.flatMap((server) => server.urls);
}

function onlyTransport(iceServers: readonly IceServer[], transport: Transport): readonly IceServer[] {
  return filterUrls(iceServers, (url) => transportOfUrl(url) === transport);
}
