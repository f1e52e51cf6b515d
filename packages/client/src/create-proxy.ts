import { createBrowserProbe, type PeerConnectionConstructor } from './browser-probe.ts';
import { systemClock } from './clock.ts';
import { checkOptions, type FetchLike, type ProxyOptions } from './options.ts';
import { type PinholeProxy, StandardProxy } from './proxy.ts';
import type { TransportProbe } from './transport-probe.ts';

/** What both entries share. `fallbackProbe`: for a platform without an RTCPeerConnection. */
export function createProxyOn(options: ProxyOptions, fallbackProbe: () => TransportProbe | undefined): PinholeProxy {
  const platformFetch: FetchLike = (url, init) => fetch(url, init);
  return new StandardProxy(checkOptions(options), {
    clock: systemClock,
    fetch: options.fetch ?? platformFetch,
    createProbe: () => {
      const PeerConnection = options.webrtc?.RTCPeerConnection ?? platformPeerConnection();
      return PeerConnection === undefined ? fallbackProbe() : createBrowserProbe(PeerConnection);
    },
  });
}

function platformPeerConnection(): PeerConnectionConstructor | undefined {
  return (globalThis as { RTCPeerConnection?: PeerConnectionConstructor }).RTCPeerConnection;
}
