import type { AddressFamily, FiveTuple, Millis, TransportAddress } from '@pinhole/protocol';
import type { PeerDatagram, RelayId, RelayRequest, RuleChange } from '../datapath.ts';
import { Bandwidth } from './bandwidth.ts';
import type { ClientEnd } from './clients.ts';
import type { LiveCounters } from './live-counters.ts';
import { Relay, type RelayLeg } from './relay.ts';

export interface RelayTableOptions {
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

/** All open relays, by number and by relayed address. */
export class RelayTable {
  readonly bandwidth: Bandwidth = new Bandwidth();
  readonly #options: RelayTableOptions;
  readonly #open = new Map<RelayId, OpenRelay>();
  /** By IP, then by port: joining the two would make a text for each packet. */
  readonly #byAddress = new Map<string, Map<number, Relay>>();

  constructor(options: RelayTableOptions) {
    this.#options = options;
  }

  hasAddress({ ip, port }: TransportAddress): boolean {
    return this.#find(ip, port) !== undefined;
  }

  /** Takes over the sockets, and lets packets flow between them and the client. */
  add({ relay: id, appId, fiveTuple }: RelayRequest, legs: readonly RelayLeg[]): void {
    const clientEnd = this.#options.endOf(fiveTuple);
    const relay = new Relay({
      ...this.#options,
      id,
      legs,
      client: clientEnd.path,
      bandwidth: this.bandwidth.ofRelay(appId),
      ownRelay: (ip, port) => this.#find(ip, port),
    });
    clientEnd.attach(relay);
    this.#open.set(id, { relay, clientEnd });
    for (const { ip, port } of relay.relayedAddresses) {
      const ports = this.#byAddress.get(ip) ?? new Map<number, Relay>();
      this.#byAddress.set(ip, ports.set(port, relay));
      this.#options.counters.openRelays += 1;
    }
  }

  apply(change: RuleChange): void {
    const open = this.#open.get(change.relay);
    if (open === undefined) return;
    if (change.change === 'closeRelay') void this.#close(change.relay, change.family);
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

  #find(ip: string, port: number): Relay | undefined {
    return this.#byAddress.get(ip)?.get(port);
  }

  async #close(id: RelayId, family?: AddressFamily): Promise<void> {
    const open = this.#open.get(id);
    if (open === undefined) return;
    const { relay, clientEnd } = open;
    for (const address of relay.relayedAddresses) {
      if (family !== undefined && address.family !== family) continue;
      this.#byAddress.get(address.ip)?.delete(address.port);
      this.#options.counters.openRelays -= 1;
    }
    const closed = relay.close(family);
    if (relay.relayedAddresses.length === 0) {
      this.#open.delete(id);
      clientEnd.detach(relay);
    }
    await closed;
  }
}

function moveClient(open: OpenRelay, clientEnd: ClientEnd): void {
  open.clientEnd.detach(open.relay);
  clientEnd.attach(open.relay);
  open.clientEnd = clientEnd;
  open.relay.client = clientEnd.path;
}
