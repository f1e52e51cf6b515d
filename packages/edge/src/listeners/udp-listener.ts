import type { Socket } from 'node:dgram';
import { type BindAddress, boundAddress, type Listener, listenError } from './bound-server.ts';
import { bindUdpSocket, LISTENER_BUFFER_BYTES } from './udp-socket.ts';

export interface UdpListenerOptions {
  readonly bind: BindAddress;
  readonly fault: (error: Error) => void;
}

/** A bound UDP port. Its owner reads 'message' from the socket; the address by which clients know it may differ. */
export interface UdpListener extends Listener {
  readonly socket: Socket;
}

/** Binds a UDP port. Rejects with an EdgeError. */
export async function listenUdp({ bind, fault }: UdpListenerOptions): Promise<UdpListener> {
  const socket = await bindUdpSocket({ ...bind, bufferBytes: LISTENER_BUFFER_BYTES }).catch((cause: unknown) => {
    throw listenError('UDP', bind, cause);
  });
  socket.on('error', fault);
  return { socket, address: boundAddress(socket.address(), bind), close: () => closeUdpSocket(socket) };
}

export function closeUdpSocket(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.close(resolve);
  });
}
