import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { TransportAddress } from '@pinhole/protocol';
import type { HttpConnection } from '../datapath/datapath.ts';

/** The two ends of a connection as the client sees them; behind a proxy the socket names the proxy's. */
export interface HttpEnds {
  readonly clientAddress: TransportAddress;
  readonly serverAddress: TransportAddress;
}

const endsOf = new WeakMap<Socket, HttpEnds>();

/** Every connection before its first request. */
export function rememberEnds({ socket, clientAddress, serverAddress }: HttpConnection): void {
  endsOf.set(socket, { clientAddress, serverAddress });
}

/** `undefined` for a request that no edge has taken. */
export function httpEnds({ socket }: Pick<IncomingMessage, 'socket'>): HttpEnds | undefined {
  return endsOf.get(socket);
}

/** The IP address of whoever sent the request, also from behind a proxy. */
export function clientIpOf(request: Pick<IncomingMessage, 'socket'>): string | undefined {
  return httpEnds(request)?.clientAddress.ip;
}
