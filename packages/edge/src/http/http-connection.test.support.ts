// Connections as the mux hands them over, for tests; like every *.test.* file it is not published.
import type { Socket } from 'node:net';
import { type TransportAddress, transportAddress } from '@pinhole/protocol';
import type { HttpConnection } from '../datapath/datapath.ts';

/** A connection in the clear, without a proxy. */
export function httpConnection(socket: Socket): HttpConnection {
  return {
    socket,
    secure: false,
    clientAddress: address(socket.remoteAddress, socket.remotePort),
    serverAddress: address(socket.localAddress, socket.localPort),
  };
}

/** A socket that was reset no longer knows where it was connected. */
function address(ip = '127.0.0.1', port = 0): TransportAddress {
  const made = transportAddress(ip, port);
  if (made === undefined) throw new Error(`No address: ${ip} ${port}`);
  return made;
}
