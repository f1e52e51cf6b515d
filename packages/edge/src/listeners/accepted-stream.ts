import type { Socket } from 'node:net';
import { type ClientTransport, type FiveTuple, type TransportAddress, transportAddress } from '@pinhole/protocol';

/** How often the system asks a quiet client whether it is still there, in milliseconds. */
const KEEP_ALIVE_AFTER = 60_000;

/** A client's stream that has turned out to be TURN; nothing of it has been consumed. */
export interface TurnStream {
  readonly socket: Socket;
  readonly fiveTuple: FiveTuple;
}

/** Both ends of an accepted connection. Read at once: a socket that was reset no longer knows them. */
export interface StreamEnds {
  readonly clientAddress: TransportAddress;
  readonly serverAddress: TransportAddress;
}

/** Settings that every accepted connection gets; `undefined` where the client has gone already. */
export function prepareAccepted(socket: Socket): StreamEnds | undefined {
  // What a client does to its connection (ECONNRESET, EPIPE) is no event of ours; 'close' follows every error.
  socket.on('error', ignoreError);
  socket.setNoDelay(true);
  // A client that lost its network says nothing, and its relay would wait for it until the allocation expires.
  socket.setKeepAlive(true, KEEP_ALIVE_AFTER);
  const clientAddress = endOf(socket.remoteAddress, socket.remotePort);
  const serverAddress = endOf(socket.localAddress, socket.localPort);
  return clientAddress && serverAddress && { clientAddress, serverAddress };
}

export function streamFiveTuple(ends: StreamEnds, transport: ClientTransport): FiveTuple {
  return { transport, ...ends };
}

export function ignoreError(): void {}

/** The zone of a link-local address names an interface of ours, which is no part of the client's address. */
function endOf(ip: string | undefined, port: number | undefined): TransportAddress | undefined {
  return transportAddress(ip?.split('%', 1)[0] ?? '', port ?? -1);
}
