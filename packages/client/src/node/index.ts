import { systemClock } from '../clock.ts';
import { createProxyOn } from '../create-proxy.ts';
import type { ProxyOptions } from '../options.ts';
import type { PinholeProxy } from '../proxy.ts';
import { createTurnProbe } from './turn-probe.ts';

export * from '../exports.ts';

/**
 * The way through Pinhole for one client, as in a browser. Where no RTCPeerConnection is given, transports are proved
 * with a TURN client of our own, so the SDK needs no WebRTC to find out what a network lets through.
 */
export function createProxy(options: ProxyOptions): PinholeProxy {
  return createProxyOn(options, () => createTurnProbe(systemClock));
}
