import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { candidatePorts, isTaken, type PortRange } from './relay-sockets.ts';

export interface TcpRelayServerOptions {
  readonly range: PortRange;
  readonly random: (min: number, max: number) => number;
  /** Ports that need not be tried, because a relay has them: also one of UDP, so that an address names one relay. */
  readonly isOurs: (port: number) => boolean;
  readonly accept: (socket: Socket) => void;
}

/** Listens on a port of the range; `undefined` where none is free. Rejects where the fault is not a port in use. */
export async function bindTcpRelayServer(options: TcpRelayServerOptions): Promise<Server | undefined> {
  for (const port of candidatePorts(options)) {
    if (options.isOurs(port)) continue;
    const server = await tryListen(options, port);
    if (server !== undefined) return server;
  }
  return undefined;
}

/** Nothing is read before there is somebody to give it to: what a peer sends first waits in the system. */
async function tryListen({ range, accept }: TcpRelayServerOptions, port: number): Promise<Server | undefined> {
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, accept);
  try {
    server.listen({ host: range.ip, port, ipv6Only: true });
    await once(server, 'listening');
    return server;
  } catch (error) {
    if (isTaken(error)) return undefined;
    throw error;
  }
}
