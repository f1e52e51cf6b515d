import type { IceServer } from '@pinhole/contract';
import { filterUrls, type TransportGroup } from './transports.ts';

/**
 * What `new RTCPeerConnection()` takes. `relay`: media never goes around Pinhole, not even where a direct path exists.
 * A new object at every reading, so an app may add to its own.
 */
export interface ProxyRtcConfiguration {
  iceServers: { urls: string[]; username: string; credential: string }[];
  iceTransportPolicy: 'relay';
}

/** A transport that works, and the URLs of it that were proved, where the platform tells. */
export interface ProvenGroup {
  readonly group: TransportGroup;
  readonly provenUrls: readonly string[];
}

/** `proven`: the chosen transport first. */
export function buildRtcConfiguration(proven: readonly ProvenGroup[]): ProxyRtcConfiguration {
  const iceServers = proven.flatMap(usableServers).map(({ urls, username, credential }) => ({
    urls: [...urls],
    username,
    credential,
  }));
  return { iceServers, iceTransportPolicy: 'relay' };
}

/** Only URLs that answered: a dead one makes apps wait that gather all candidates before they send their offer. */
function usableServers({ group, provenUrls }: ProvenGroup): readonly IceServer[] {
  const proven = filterUrls(group.iceServers, (url) => provenUrls.includes(url));
  // A browser may write the URL in its own way; better all URLs of a transport that works than none.
  return proven.length > 0 ? proven : group.iceServers;
}
