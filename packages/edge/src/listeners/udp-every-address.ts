import { networkInterfaces } from 'node:os';
import { parseIp } from '@pinhole/protocol';
import { type BindAddress, listenError } from './bound-server.ts';
import { listenUdp, type UdpListener } from './udp-listener.ts';

export interface UdpListenersOptions {
  readonly bind: BindAddress;
  readonly fault: (error: Error) => void;
  /** The addresses of this machine. */
  readonly localIps: readonly string[];
}

/** How often another port is chosen where the system's choice is taken on another address. Only port 0 has a choice. */
const PORT_CHOICES = 8;

/**
 * Binds a UDP port; on a wildcard address a socket for each address of this machine.
 *
 * Node does not tell to which address a datagram came. An answer from a wildcard socket leaves by the address that the
 * system prefers, and on a machine with two of them a client gets answers from an address that it never asked. An
 * address that comes later is not served. Rejects with an EdgeError, and leaves nothing open.
 */
export async function listenUdpEverywhere(options: UdpListenersOptions): Promise<readonly UdpListener[]> {
  const { bind, fault } = options;
  if (bind.ip !== '0.0.0.0' && bind.ip !== '::') return [await listenUdp({ bind, fault })];
  const ips = bindableIps(options);
  if (ips.length === 0) throw listenError('UDP', bind, new Error('this machine has no address of that family'));
  for (let choice = 1; bind.port === 0 && choice < PORT_CHOICES; choice += 1) {
    const listeners = await listenOnAll(ips, options).catch(() => undefined);
    if (listeners !== undefined) return listeners;
  }
  return listenOnAll(ips, options);
}

async function listenOnAll(ips: readonly string[], options: UdpListenersOptions): Promise<readonly UdpListener[]> {
  const listeners: UdpListener[] = [];
  try {
    for (const ip of ips) {
      // The first takes the port that the others must have too.
      const port = listeners[0]?.address.port ?? options.bind.port;
      listeners.push(await listenUdp({ bind: { ip, port }, fault: options.fault }));
    }
    return listeners;
  } catch (error) {
    await Promise.all(listeners.map((listener) => listener.close()));
    throw error;
  }
}

/** Without link-local IPv6 addresses: who sends from one has no address that we could answer without its interface. */
function bindableIps({ bind, localIps }: UdpListenersOptions): readonly string[] {
  const byteLength = bind.ip === '::' ? 16 : 4;
  return [...new Set(localIps)].filter((ip) => parseIp(ip)?.length === byteLength && !/^fe[89ab]/i.test(ip));
}

export function systemIps(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .map(({ address }) => address);
}
