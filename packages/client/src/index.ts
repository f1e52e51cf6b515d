import { createBrowserProbe, type PeerConnectionConstructor } from './browser-probe.ts';
import { systemClock } from './clock.ts';
import { checkOptions, type FetchLike, type ProxyOptions } from './options.ts';
import { type PinholeProxy, StandardProxy } from './proxy.ts';

export type { Attempt, AttemptOutcome, Decision, DecisionReason } from './attempt.ts';
export type { PeerConnectionConstructor, PeerConnectionLike } from './browser-probe.ts';
export type { Locale, ProxyErrorCode } from './error-texts.ts';
export { ProxyError, type ProxyErrorDetails } from './errors.ts';
export type { FetchLike, ProxyOptions, TokenSource } from './options.ts';
export type { PinholeProxy, ProxyEvents } from './proxy.ts';
export type { ProxyRtcConfiguration } from './rtc-configuration.ts';
export type { ProxyState } from './state.ts';
export type { Transport, TransportChoice } from './transports.ts';

/**
 * The way through Pinhole for one client. Nothing is sent before `start()`. Throws `options.invalid`.
 *
 * ```ts
 * const proxy = createProxy({ server: 'https://rtc.example.com', app: 'demo', token });
 * await proxy.start();
 * const connection = new RTCPeerConnection(proxy.rtcConfiguration);
 * const socket = new WebSocket(proxy.signalingUrl('wss://sfu.example.com/janus'));
 * ```
 */
export function createProxy(options: ProxyOptions): PinholeProxy {
  const platformFetch: FetchLike = (url, init) => fetch(url, init);
  return new StandardProxy(checkOptions(options), {
    clock: systemClock,
    fetch: options.fetch ?? platformFetch,
    createProbe: () => {
      const PeerConnection = options.webrtc?.RTCPeerConnection ?? platformPeerConnection();
      return PeerConnection === undefined ? undefined : createBrowserProbe(PeerConnection);
    },
  });
}

function platformPeerConnection(): PeerConnectionConstructor | undefined {
  return (globalThis as { RTCPeerConnection?: PeerConnectionConstructor }).RTCPeerConnection;
}
