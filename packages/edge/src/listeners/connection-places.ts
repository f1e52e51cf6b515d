import type { Socket } from 'node:net';
import { formatIp, parseIp } from '@pinhole/protocol';
import type { ConnectionLimits } from '../datapath/datapath.ts';

/** Why there was no place. */
export type PlaceRefusal = 'tooManyConnections' | 'tooManyFromClient';

/**
 * Who holds how many connections. A place is free again when its socket has closed, so that nothing can be kept by
 * stopping halfway: a half-open connection costs its client as much as a call does.
 */
export class ConnectionPlaces {
  /** What is lowered holds for new connections; it ends none. */
  limits: ConnectionLimits = {};
  readonly #byPrefix = new Map<string, number>();
  #total = 0;

  /** Takes one of all places, whoever the client may be; `undefined` where there was one. */
  take(socket: Socket): PlaceRefusal | undefined {
    const { connections = Number.POSITIVE_INFINITY } = this.limits;
    if (this.#total >= connections) return 'tooManyConnections';
    this.#total += 1;
    socket.once('close', () => {
      this.#total -= 1;
    });
    return undefined;
  }

  /** Takes one of the client's own places, once the client is known. */
  takeForClient(socket: Socket, clientIp: string): PlaceRefusal | undefined {
    const { connectionsPerIp = Number.POSITIVE_INFINITY } = this.limits;
    const prefix = subscriberPrefix(clientIp);
    const held = this.#byPrefix.get(prefix) ?? 0;
    if (held >= connectionsPerIp) return 'tooManyFromClient';
    this.#byPrefix.set(prefix, held + 1);
    socket.once('close', () => this.#free(prefix));
    return undefined;
  }

  #free(prefix: string): void {
    const held = (this.#byPrefix.get(prefix) ?? 0) - 1;
    if (held > 0) this.#byPrefix.set(prefix, held);
    else this.#byPrefix.delete(prefix);
  }
}

/** The address itself, or the /64 of an IPv6 address. */
function subscriberPrefix(ip: string): string {
  const bytes = parseIp(ip);
  return bytes?.length === 16 ? `${formatIp(bytes.fill(0, 8))}/64` : ip;
}
