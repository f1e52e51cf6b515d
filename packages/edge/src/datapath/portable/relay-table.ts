import type { Socket } from 'node:dgram';
import type { FiveTuple, Millis, TransportAddress } from '@pinhole/protocol';
import type { PeerDatagram, RelayId, RelayRequest, RuleChange } from '../datapath.ts';
import { Bandwidth } from './bandwidth.ts';
import type { ClientEnd } from './clients.ts';
import type { LiveCounters } from './live-counters.ts';
import { Relay } from './relay.ts';

export interface RelayTableOptions {
  /** The address that all relayed addresses have; its port is of no meaning. */
  readonly externalAddress: TransportAddress;
  readonly counters: LiveCounters;
  /** Where a five-tuple leads. */
  readonly endOf: (fiveTuple: FiveTuple) => ClientEnd;
  readonly clock: () => Millis;
  readonly unmatched: (datagram: PeerDatagram) => void;
}

interface OpenRelay {
  readonly relay: Relay;
  clientEnd: ClientEnd;
}

/** All open relays, by number and by port. */
export class RelayTable {
  readonly bandwidth: Bandwidth = new Bandwidth();
  readonly #options: RelayTableOptions;
  readonly #open = new Map<RelayId, OpenRelay>();
  readonly #byPort = new Map<number, Relay>();

  constructor(options: RelayTableOptions) {
    this.#options = options;
  }

  hasPort(port: number): boolean {
    return this.#byPort.has(port);
  }

  /** Takes over the socket, and lets packets flow between it and the client. */
  add({ relay: id, appId }: Pick<RelayRequest, 'relay' | 'appId'>, socket: Socket, clientEnd: ClientEnd): Relay {
    const { externalAddress, counters } = this.#options;
    const { port } = socket.address();
    const relay = new Relay({
      ...this.#options,
      id,
      socket,
      relayedAddress: { ...externalAddress, port },
      client: clientEnd.path,
      bandwidth: this.bandwidth.ofRelay(appId),
      ownRelay: (ip, peerPort) => (ip === externalAddress.ip ? this.#byPort.get(peerPort) : undefined),
    });
    clientEnd.attach(relay);
    this.#open.set(id, { relay, clientEnd });
    this.#byPort.set(port, relay);
    counters.openRelays += 1;
    return relay;
  }

  apply(change: RuleChange): void {
    const open = this.#open.get(change.relay);
    if (open === undefined) return;
    if (change.change === 'closeRelay') void this.#close(change.relay);
    else if (change.change === 'moveClient') moveClient(open, this.#options.endOf(change.fiveTuple));
    else open.relay.apply(change);
  }

  sendToPeer(id: RelayId, peer: TransportAddress, data: Uint8Array): void {
    const open = this.#open.get(id);
    if (open === undefined) this.#options.counters.dropped.clientGone += 1;
    else open.relay.sendToPeer(peer, data);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((id) => this.#close(id)));
  }

  async #close(id: RelayId): Promise<void> {
    const open = this.#open.get(id);
    if (open === undefined) return;
    this.#open.delete(id);
    this.#byPort.delete(open.relay.relayedAddress.port);
    this.#options.counters.openRelays -= 1;
    open.clientEnd.detach(open.relay);
    await open.relay.close();
  }
}

function moveClient(open: OpenRelay, clientEnd: ClientEnd): void {
  open.clientEnd.detach(open.relay);
  clientEnd.attach(open.relay);
  open.clientEnd = clientEnd;
  open.relay.client = clientEnd.path;
}
