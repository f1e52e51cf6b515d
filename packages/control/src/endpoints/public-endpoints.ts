import type { Config } from '@pinhole/contract';

/** One port on which clients reach the edge. */
export interface PublicListener {
  readonly transport: 'udp' | 'tcp' | 'mux';
  readonly port: number;
}

/** Where clients find the edge, in the terms of clients: not the local addresses that it listens on. */
export interface PublicEndpoints {
  /** A name or an IP address (IPv6 without brackets). */
  readonly host: string;
  readonly externalIp: string;
  readonly listeners: readonly PublicListener[];
}

export interface PublicEndpointsOptions {
  readonly config: Pick<Config, 'host' | 'listen'>;
  readonly externalIp: string;
  /** Where the edge listens in fact; without it, as configured. They differ where port 0 was asked for. */
  readonly listening?: readonly PublicListener[];
}

export function publicEndpoints({
  config,
  externalIp,
  listening = config.listen,
}: PublicEndpointsOptions): PublicEndpoints {
  return { host: config.host ?? externalIp, externalIp, listeners: withoutRepeats(listening) };
}

/** The host as it stands in a URL: an IPv6 address in brackets. */
export function urlHost({ host }: Pick<PublicEndpoints, 'host'>): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** Two local addresses with one port are one port to a client. */
function withoutRepeats(listeners: readonly PublicListener[]): readonly PublicListener[] {
  const isSame = (a: PublicListener, b: PublicListener): boolean => a.transport === b.transport && a.port === b.port;
  return listeners
    .filter((listener, i) => listeners.findIndex((other) => isSame(listener, other)) === i)
    .map(({ transport, port }) => ({ transport, port }));
}
