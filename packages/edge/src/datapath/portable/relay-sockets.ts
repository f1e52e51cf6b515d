import type { Socket } from 'node:dgram';
import type { RelayPortChoice } from '@pinhole/protocol';
import { bindUdpSocket } from '../../listeners/udp-socket.ts';

export interface PortRange {
  /** The local address that relay sockets are bound to. */
  readonly ip: string;
  readonly minPort: number;
  readonly maxPort: number;
}

export interface RelaySocketOptions {
  readonly range: PortRange;
  readonly choice: RelayPortChoice;
  /** A uniform integer in [min, max). Unpredictable: who can guess the port can send to it first (CVE-2025-69217). */
  readonly random: (min: number, max: number) => number;
  /** Ports that need not be tried, because we hold them ourselves. */
  readonly isOurs: (port: number) => boolean;
}

/** A video key frame arrives as a burst; a relay's socket serves one client. */
const RELAY_BUFFER_BYTES = 1024 * 1024;
/** Enough unless the range is nearly full, even where every other port does not fit. */
const RANDOM_ATTEMPTS = 16;

export interface BoundPorts {
  readonly socket: Socket;
  /** The next higher port, where it was to be held as well. */
  readonly next?: Socket;
}

/** Binds a port of the range; `undefined` where none is free. Rejects where the fault is not a port in use. */
export async function bindRelaySocket(options: RelaySocketOptions): Promise<BoundPorts | undefined> {
  for (const port of candidatePorts(options)) {
    if (options.isOurs(port) || (options.choice !== 'any' && port % 2 !== 0)) continue;
    const socket = await tryBind(options.range.ip, port);
    if (socket === undefined) continue;
    if (options.choice !== 'evenAndNext') return { socket };
    const next = port < options.range.maxPort ? await tryBind(options.range.ip, port + 1) : undefined;
    if (next !== undefined) return { socket, next };
    socket.close();
  }
  return undefined;
}

/** Random ports first; where the range is crowded, all of them in turn from a random one. */
export function* candidatePorts({
  range: { minPort, maxPort },
  random,
}: Pick<RelaySocketOptions, 'range' | 'random'>): Generator<number> {
  for (let attempt = 0; attempt < RANDOM_ATTEMPTS; attempt += 1) yield random(minPort, maxPort + 1);
  const count = maxPort - minPort + 1;
  const start = random(0, count);
  for (let step = 0; step < count; step += 1) yield minPort + ((start + step) % count);
}

async function tryBind(ip: string, port: number): Promise<Socket | undefined> {
  try {
    return await bindUdpSocket({ ip, port, bufferBytes: RELAY_BUFFER_BYTES });
  } catch (error) {
    if (isTaken(error)) return undefined;
    throw error;
  }
}

/** EACCES on a port of the range is another way of being taken (Windows reserves some). */
export function isTaken(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'EADDRINUSE' || code === 'EACCES';
}
