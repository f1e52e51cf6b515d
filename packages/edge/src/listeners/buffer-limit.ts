import { bindUdpSocket, LISTENER_BUFFER_BYTES } from './udp-socket.ts';

export interface BufferLimit {
  readonly wanted: number;
  readonly granted: number;
}

/** What the system grants a listener's receive buffer, where that is less than wanted: bursts overflow it sooner. */
export async function clampedBuffer(wanted: number = LISTENER_BUFFER_BYTES): Promise<BufferLimit | undefined> {
  const socket = await bindUdpSocket({ ip: '127.0.0.1', port: 0, bufferBytes: wanted });
  const bytes = socket.getRecvBufferSize();
  socket.close();
  // Linux says twice what it grants, and means its own bookkeeping by the other half (socket(7)).
  const granted = process.platform === 'linux' ? bytes / 2 : bytes;
  return granted < wanted ? { wanted, granted } : undefined;
}
