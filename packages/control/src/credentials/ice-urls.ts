import { type PublicEndpoints, type PublicListener, urlHost } from '../endpoints/public-endpoints.ts';

/**
 * The TURN URLs (RFC 7065) in the order in which to try them: UDP, then TCP, then TLS.
 *
 * A mux port is there twice: browsers reach it by TLS, which passes more firewalls; plain TCP needs no certificate.
 */
export function turnUrls(endpoints: PublicEndpoints): readonly string[] {
  const host = urlHost(endpoints);
  const ports = (...transports: PublicListener['transport'][]): readonly number[] =>
    endpoints.listeners.filter(({ transport }) => transports.includes(transport)).map(({ port }) => port);
  return [
    ...ports('udp').map((port) => `turn:${host}:${port}?transport=udp`),
    ...ports('tcp', 'mux').map((port) => `turn:${host}:${port}?transport=tcp`),
    ...ports('mux').map((port) => `turns:${host}:${port}?transport=tcp`),
  ];
}

/** The STUN URL (RFC 7064); `undefined` where no listener takes UDP. */
export function stunUrl(endpoints: PublicEndpoints): string | undefined {
  const listener = endpoints.listeners.find(({ transport }) => transport === 'udp');
  return listener === undefined ? undefined : `stun:${urlHost(endpoints)}:${listener.port}`;
}
