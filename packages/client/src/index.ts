import { createProxyOn } from './create-proxy.ts';
import type { ProxyOptions } from './options.ts';
import type { PinholeProxy } from './proxy.ts';

export * from './exports.ts';

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
  return createProxyOn(options, () => undefined);
}
