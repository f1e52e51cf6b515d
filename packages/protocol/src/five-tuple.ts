import { formatAddress, type TransportAddress } from './address.ts';

/** How a client reaches the relay. TLS is its own kind, for counters and policy; on the wire it is TCP. */
export type ClientTransport = 'udp' | 'tcp' | 'tls';

/**
 * What identifies an allocation (RFC 8656 §2 "5-tuple"): the client's transport address as the server sees it, the
 * server's transport address, and the protocol between them.
 */
export interface FiveTuple {
  readonly transport: ClientTransport;
  readonly clientAddress: TransportAddress;
  readonly serverAddress: TransportAddress;
}

/** Equal five-tuples give equal keys. */
export function fiveTupleKey({ transport, clientAddress, serverAddress }: FiveTuple): string {
  return `${transport} ${formatAddress(clientAddress)} ${formatAddress(serverAddress)}`;
}
