import { createServer, type Server, type Socket } from 'node:net';
import { type TransportAddress, transportAddress } from '@pinhole/protocol';
import { EdgeError } from '../errors.ts';

export interface BindAddress {
  readonly ip: string;
  readonly port: number;
}

/** A listener that is in use. */
export interface Listener {
  readonly address: TransportAddress;
  /** Accepts nothing more. What was accepted belongs to whoever took it. */
  close(): Promise<void>;
}

export interface TcpServerOptions {
  readonly bind: BindAddress;
  readonly accept: (socket: Socket) => void;
  /** The listening socket failed while in use. */
  readonly fault: (error: Error) => void;
}

/**
 * Binds a TCP port. Rejects with an EdgeError.
 *
 * Where the process has no descriptor left, Node's event loop gives up one that it keeps for this, closes with it every
 * connection that waits, and goes on: the kernel would otherwise report the same connection for ever.
 */
export async function bindTcpServer({ bind, accept, fault }: TcpServerOptions): Promise<Listener> {
  // Half-open is allowed because HTTP clients may end their side after the request; TURN streams end at once.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, accept);
  await listening(server, bind);
  server.on('error', fault);
  return { address: boundAddress(server.address(), bind), close: () => closed(server) };
}

/** The address of a bound socket, canonical. */
export function boundAddress(
  bound: string | { address: string; port: number } | null,
  bind: BindAddress,
): TransportAddress {
  const address = bound === null || typeof bound === 'string' ? undefined : transportAddress(bound.address, bound.port);
  return address ?? { family: bind.ip.includes(':') ? 6 : 4, ip: bind.ip, port: bind.port };
}

/** What the operator reads where a listener cannot be bound. */
export function listenError(protocol: 'UDP' | 'TCP', { ip, port }: BindAddress, cause: unknown): EdgeError {
  const where = `${protocol} ${ip.includes(':') ? `[${ip}]` : ip}:${port}`;
  return new EdgeError('EDGE_ERR_LISTEN', `Cannot listen on ${where}: ${adviceFor(cause)}`, { cause });
}

function adviceFor(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return 'another process has this port. Stop it, or change "listen" in the configuration.';
    case 'EACCES':
      return 'ports below 1024 need a privilege. Grant CAP_NET_BIND_SERVICE, or choose another port in "listen".';
    case 'EADDRNOTAVAIL':
      return 'this machine does not have the address. Use one that it has, or 0.0.0.0, in "listen".';
    default:
      return `${cause instanceof Error ? cause.message : String(cause)}. Check "listen" in the configuration.`;
  }
}

function listening(server: Server, bind: BindAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (cause: Error): void => reject(listenError('TCP', bind, cause));
    server.once('error', onError);
    // One listener per family: a dual-stack socket would report IPv4 clients by IPv4-mapped addresses.
    server.listen({ host: bind.ip, port: bind.port, ipv6Only: true, backlog: 4096 }, () => {
      server.off('error', onError);
      resolve();
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
