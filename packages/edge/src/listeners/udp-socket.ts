import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';

/** What a burst of video may fill before we read it; the system may grant less. */
export const LISTENER_BUFFER_BYTES: number = 4 * 1024 * 1024;

export interface UdpBinding {
  readonly ip: string;
  readonly port: number;
  readonly bufferBytes: number;
}

/** Opens a UDP socket of one family. Rejects with the system's error; afterwards errors are the caller's to hear. */
export function bindUdpSocket({ ip, port, bufferBytes }: UdpBinding): Promise<Socket> {
  const family = isIPv6(ip) ? ({ type: 'udp6', ipv6Only: true } as const) : ({ type: 'udp4' } as const);
  const socket = createSocket({ ...family, lookup: answerWithLiteral });
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => {
      socket.close();
      reject(error);
    };
    socket.once('error', onError);
    socket.bind({ address: ip, port, exclusive: true }, () => {
      socket.off('error', onError);
      requestBuffers(socket, bufferBytes);
      resolve(socket);
    });
  });
}

/**
 * All addresses here are IP addresses. Node would hand each one to its resolver and come back a tick later, for every
 * packet sent.
 */
function answerWithLiteral(
  ip: string,
  family: unknown,
  callback: (error: Error | null, ip: string, family: number) => void,
): void {
  callback(null, ip, family === 6 ? 6 : 4);
}

function requestBuffers(socket: Socket, bytes: number): void {
  try {
    socket.setRecvBufferSize(bytes);
    socket.setSendBufferSize(bytes);
  } catch {
    // Smaller buffers than wanted lose packets earlier in a burst; that is no reason not to serve.
  }
}
