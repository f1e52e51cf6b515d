import { once } from 'node:events';
import { connect, type Server, type Socket } from 'node:net';
import { formatAddress, type Millis, type TransportAddress } from '@pinhole/protocol';
import { ignoreError } from '../../listeners/accepted-stream.ts';
import type { RelayId, RuleChange } from '../datapath.ts';
import type { RelayBandwidth } from './bandwidth.ts';
import { joinStreams } from './join-streams.ts';
import type { LiveCounters } from './live-counters.ts';
import { RelayRules } from './relay-rules.ts';
import type { StreamClient } from './stream-client.ts';

export interface TcpRelayOptions {
  readonly id: RelayId;
  readonly server: Server;
  readonly relayedAddress: TransportAddress;
  readonly bandwidth: RelayBandwidth;
  readonly counters: LiveCounters;
  readonly clock: () => Millis;
  /** Whether there is room for one more connection; it holds its place until it closes. */
  readonly takePlace: (socket: Socket) => boolean;
  /** Where to connect to for this peer, and from where: another port each time. */
  readonly routeTo: (peer: TransportAddress) => TcpRoute | undefined;
  readonly connected: (peer: TransportAddress) => void;
}

export interface TcpRoute {
  readonly host: string;
  readonly port: number;
  readonly localAddress: string;
  readonly localPort: number;
  /** Call with the socket that uses the route. */
  taken(socket: Socket): void;
}

/** Of our own, before a connection fails for want of one. */
const MAX_PORTS_TRIED = 32;

type Outcome = 'connected' | 'failed' | 'portTaken';

/** The relayed transport address of a TCP allocation, and its connections with peers, one for each peer's address. */
export class TcpRelay {
  readonly relayedAddress: TransportAddress;
  readonly #options: TcpRelayOptions;
  readonly #rules = new RelayRules();
  readonly #peers = new Map<string, Socket>();
  #isClosed = false;

  constructor(options: TcpRelayOptions) {
    this.#options = options;
    this.relayedAddress = options.relayedAddress;
    // Out of descriptors: the peer's connection is lost, and the relay is not.
    options.server.on('error', ignoreError);
  }

  apply(change: RuleChange): void {
    if (change.change === 'installPermission') this.#rules.installPermission(change.peerIp, change.deadline);
    if (change.change === 'removePermission') this.#rules.removePermission(change.peerIp);
    if (change.change === 'closePeer') this.#peers.get(formatAddress(change.peer))?.destroy();
  }

  /** A connection on the relayed address. Without a permission it ends before a byte of it is read. */
  accept(peer: TransportAddress, socket: Socket): void {
    const { clock, counters, takePlace, connected } = this.#options;
    const isWelcome = this.#rules.isPermitted(peer.ip, clock()) && !this.#peers.has(formatAddress(peer));
    if (!isWelcome || this.#isClosed || !takePlace(socket)) {
      socket.destroy();
      counters.endedStreams[isWelcome ? 'tooManyConnections' : 'peerNotPermitted'] += 1;
      return;
    }
    this.#keep(peer, socket);
    connected(peer);
  }

  /** Gives up at the first answer that is not about our own port. How long it may take is the caller's question. */
  async connect(peer: TransportAddress): Promise<boolean> {
    for (let attempt = 0; attempt < MAX_PORTS_TRIED; attempt += 1) {
      const route = this.#options.routeTo(peer);
      if (route === undefined || this.#isClosed || this.#peers.has(formatAddress(peer))) return false;
      const { host, port, localAddress, localPort } = route;
      const socket = connect({ host, port, localAddress, localPort, allowHalfOpen: true, noDelay: true });
      if (!this.#options.takePlace(socket)) {
        socket.destroy();
        return false;
      }
      route.taken(socket);
      this.#keep(peer, socket);
      const outcome = await outcomeOf(socket);
      if (outcome !== 'portTaken') return outcome === 'connected';
      this.#peers.delete(formatAddress(peer));
    }
    return false;
  }

  join(peer: TransportAddress, client: StreamClient | undefined): void {
    const { bandwidth, counters, clock } = this.#options;
    const socket = this.#peers.get(formatAddress(peer));
    if (socket === undefined || client === undefined) {
      socket?.destroy();
      client?.destroy();
      return;
    }
    joinStreams({ client: client.handOver(), peer: socket, bandwidth, counters, clock });
  }

  close(): Promise<void> {
    this.#isClosed = true;
    const closed = new Promise<void>((resolve) => this.#options.server.close(() => resolve()));
    for (const socket of this.#peers.values()) socket.destroy();
    return closed;
  }

  #keep(peer: TransportAddress, socket: Socket): void {
    const key = formatAddress(peer);
    this.#peers.set(key, socket);
    socket.on('error', ignoreError);
    socket.once('close', () => {
      if (this.#peers.get(key) === socket) this.#peers.delete(key);
    });
  }
}

async function outcomeOf(socket: Socket): Promise<Outcome> {
  const closed = new AbortController();
  socket.once('close', () => closed.abort());
  try {
    await once(socket, 'connect', { signal: closed.signal });
    return 'connected';
  } catch (error) {
    // Also where we have a connection from this port to the same peer still (TIME_WAIT).
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === 'EADDRINUSE' || code === 'EADDRNOTAVAIL' ? 'portTaken' : 'failed';
  }
}
