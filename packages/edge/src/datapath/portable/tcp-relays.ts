import { randomInt } from 'node:crypto';
import type { Socket } from 'node:net';
import {
  type AddressFamily,
  type FiveTuple,
  formatAddress,
  type Millis,
  type RelayResult,
  type TransportAddress,
  transportAddress,
} from '@pinhole/protocol';
import type { ConnectionPlaces } from '../../listeners/connection-places.ts';
import type { PeerConnected, RelayId, RelayRequest, RuleChange } from '../datapath.ts';
import type { Bandwidth } from './bandwidth.ts';
import type { LiveCounters } from './live-counters.ts';
import type { RelayAddress } from './relay-addresses.ts';
import type { PortRange } from './relay-sockets.ts';
import type { StreamClient } from './stream-client.ts';
import { TcpRelay, type TcpRoute } from './tcp-relay.ts';
import { bindTcpRelayServer } from './tcp-relay-server.ts';

export interface TcpRelaysOptions {
  readonly addresses: ReadonlyMap<AddressFamily, RelayAddress>;
  readonly range: Omit<PortRange, 'ip'>;
  readonly random?: (min: number, max: number) => number;
  /** Whether a relay of UDP has the address. */
  readonly isOurs: (address: TransportAddress) => boolean;
  readonly bandwidth: Bandwidth;
  readonly places: ConnectionPlaces;
  readonly counters: LiveCounters;
  readonly clock: () => Millis;
  readonly connected: (connection: PeerConnected) => void;
  readonly findClient: (fiveTuple: FiveTuple) => StreamClient | undefined;
  readonly fault: (fault: { readonly where: string; readonly error: Error }) => void;
}

/**
 * The relays of all TCP allocations (RFC 6062).
 *
 * Connections to peers come from another port of the relays' range than the relayed address has: no system lets one
 * connect from a port that it listens on with what Node offers. A relay of ours that is connected to is told the relayed
 * address all the same, which is what permissions and policy know.
 */
export class TcpRelays {
  readonly #options: TcpRelaysOptions;
  readonly #open = new Map<RelayId, TcpRelay>();
  readonly #byAddress = new Map<string, TcpRelay>();
  /** Whose connection comes from a local port. */
  readonly #sources = new Map<number, TransportAddress>();
  #isClosed = false;

  constructor(options: TcpRelaysOptions) {
    this.#options = options;
  }

  hasAddress(address: TransportAddress): boolean {
    return this.#byAddress.has(formatAddress(address));
  }

  async open(request: RelayRequest): Promise<RelayResult> {
    const { family, relay: id, appId } = request;
    const address = this.#options.addresses.get(family);
    if (address === undefined) return { outcome: 'familyNotSupported' };
    const server = await this.#bind(family, address, (socket) => this.#accept(id, socket));
    const bound = server?.address();
    if (server === undefined || typeof bound !== 'object' || bound === null || this.#isClosed) {
      server?.close();
      return { outcome: 'noPorts' };
    }
    const relayedAddress: TransportAddress = { family, ip: address.externalIp, port: bound.port };
    const { counters, clock, places, bandwidth, connected } = this.#options;
    const relay = new TcpRelay({
      ...{ id, server, relayedAddress, counters, clock },
      bandwidth: bandwidth.ofRelay(appId),
      takePlace: (socket) => places.take(socket) === undefined,
      routeTo: (peer) => this.#routeTo(address, relayedAddress, peer),
      connected: (peer) => connected({ relay: id, peer }),
    });
    this.#open.set(id, relay);
    this.#byAddress.set(formatAddress(relayedAddress), relay);
    counters.openRelays += 1;
    return { outcome: 'opened', relayedAddress };
  }

  async connectPeer(id: RelayId, peer: TransportAddress): Promise<boolean> {
    return (await this.#open.get(id)?.connect(peer)) ?? false;
  }

  joinPeer(id: RelayId, peer: TransportAddress, fiveTuple: FiveTuple): void {
    const client = this.#options.findClient(fiveTuple);
    const relay = this.#open.get(id);
    if (relay === undefined) client?.destroy();
    else relay.join(peer, client);
  }

  apply(change: RuleChange): void {
    const relay = this.#open.get(change.relay);
    if (relay === undefined) return;
    if (change.change !== 'closeRelay') relay.apply(change);
    else if (change.family === undefined || change.family === relay.relayedAddress.family)
      void this.#close(change.relay);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#open.keys()].map((id) => this.#close(id)));
  }

  async #close(id: RelayId): Promise<void> {
    const relay = this.#open.get(id);
    if (relay === undefined) return;
    this.#open.delete(id);
    this.#byAddress.delete(formatAddress(relay.relayedAddress));
    this.#options.counters.openRelays -= 1;
    await relay.close();
  }

  async #bind(
    family: AddressFamily,
    { bindIp, externalIp: ip }: RelayAddress,
    accept: (socket: Socket) => void,
  ): ReturnType<typeof bindTcpRelayServer> {
    const { range, random = randomInt, isOurs, fault } = this.#options;
    try {
      const isTaken = (port: number): boolean => isOurs({ family, ip, port }) || this.#sources.has(port);
      return await bindTcpRelayServer({ range: { ...range, ip: bindIp }, random, isOurs: isTaken, accept });
    } catch (error) {
      fault({ where: `tcp relay ${bindIp}`, error: error instanceof Error ? error : new Error(String(error)) });
      return undefined;
    }
  }

  #accept(id: RelayId, socket: Socket): void {
    socket.on('error', () => {});
    const relay = this.#open.get(id);
    const peer = this.#peerOf(socket);
    if (relay === undefined || peer === undefined) socket.destroy();
    else relay.accept(peer, socket);
  }

  /** Only what comes from this machine to itself can be a relay of ours. */
  #peerOf({ remoteAddress, remotePort, localAddress }: Socket): TransportAddress | undefined {
    const own = remoteAddress === localAddress ? this.#sources.get(remotePort ?? 0) : undefined;
    return own ?? transportAddress(remoteAddress?.split('%', 1)[0] ?? '', remotePort ?? -1);
  }

  /** A relay of ours is reached at its local address: a 1:1 NAT would not send it back to us. */
  #routeTo({ bindIp }: RelayAddress, relayedAddress: TransportAddress, peer: TransportAddress): TcpRoute | undefined {
    const localPort = this.#freePort();
    if (localPort === undefined) return undefined;
    const taken = (socket: Socket): void => {
      this.#sources.set(localPort, relayedAddress);
      socket.once('close', () => this.#sources.delete(localPort));
    };
    const host = this.hasAddress(peer) ? reachable(bindIp) : peer.ip;
    return { host, port: peer.port, localAddress: bindIp, localPort, taken };
  }

  #freePort(): number | undefined {
    const { range, random = randomInt } = this.#options;
    for (let attempt = 0; attempt < 64; attempt += 1) {
      const port = random(range.minPort, range.maxPort + 1);
      if (!this.#sources.has(port)) return port;
    }
    return undefined;
  }
}

function reachable(bindIp: string): string {
  if (bindIp === '0.0.0.0') return '127.0.0.1';
  return bindIp === '::' ? '::1' : bindIp;
}
