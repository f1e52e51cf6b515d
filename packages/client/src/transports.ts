import type { IceServer } from '@pinhole/contract';
import { parseTurnUrl, type Transport } from './turn-url.ts';

export type { Transport } from './turn-url.ts';

/** What an app may ask for: one of the transports, or the best one that works. */
export type TransportChoice = 'auto' | Transport;

/**
 * Best first. UDP loses a late packet instead of holding up all later ones; TLS costs one more handshake than plain TCP
 * and hides what plain TCP shows, so it comes last and gets through where nothing else does.
 */
export const TRANSPORTS: readonly Transport[] = ['udp', 'tcp', 'tls'];

/** All TURN URLs of one transport. They are proved together: the transport works where one of them does. */
export interface TransportGroup {
  readonly transport: Transport;
  readonly iceServers: readonly IceServer[];
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
  return filterUrls(iceServers, (url) => parseTurnUrl(url)?.transport === transport);
}
