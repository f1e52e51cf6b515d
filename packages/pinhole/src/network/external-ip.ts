import { createSocket } from 'node:dgram';
import { networkInterfaces } from 'node:os';

export interface ExternalIp {
  readonly ip: string;
  /** How it was found: `loopback` means that no other machine can reach it. */
  readonly source: 'config' | 'route' | 'interface' | 'loopback';
}

/**
 * The address that clients see, for `externalIp: auto`: the local address of the default route.
 *
 * Behind 1:1 NAT that is the private address; only the operator knows the public one.
 */
export async function findExternalIp(configured: string): Promise<ExternalIp> {
  if (configured !== 'auto') return { ip: configured, source: 'config' };
  const routed = await defaultRouteAddress();
  if (routed !== undefined) return { ip: routed, source: 'route' };
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal);
  return own === undefined ? { ip: '127.0.0.1', source: 'loopback' } : { ip: own.address, source: 'interface' };
}

/** An address of TEST-NET-1 (RFC 5737): it is nobody's, and connecting a UDP socket sends nothing. */
const NOBODY = '192.0.2.1';
const DISCARD_PORT = 9;

async function defaultRouteAddress(): Promise<string | undefined> {
  const socket = createSocket('udp4');
  try {
    const connected = Promise.withResolvers<void>();
    socket.once('error', connected.reject);
    socket.connect(DISCARD_PORT, NOBODY, connected.resolve);
    await connected.promise;
    const { address } = socket.address();
    return address === '0.0.0.0' || address.startsWith('127.') ? undefined : address;
  } catch {
    return undefined;
  } finally {
    socket.close();
  }
}
