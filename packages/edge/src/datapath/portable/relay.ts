import type { Socket } from 'node:dgram';
import type { AddressFamily, Millis, TransportAddress } from '@pinhole/protocol';
import { closeUdpSocket } from '../../listeners/udp-listener.ts';
import type { PeerDatagram, RelayId, RuleChange } from '../datapath.ts';
import type { Direction, RelayBandwidth } from './bandwidth.ts';
import { countSent, type OnSent, sendDatagram } from './datagram-egress.ts';
import { countTraffic, type LiveCounters } from './live-counters.ts';
import { RelayRules } from './relay-rules.ts';

/** The way to a relay's client. */
export interface ClientPath {
  /** Sends one ChannelData message, or drops it; either way it is counted. */
  sendChannelData(channelNumber: number, data: Uint8Array): void;
}

/** One relayed transport address and its socket. */
export interface RelayLeg {
  readonly socket: Socket;
  readonly relayedAddress: TransportAddress;
}

export interface RelayOptions {
  readonly id: RelayId;
  /** One of each family at most. */
  readonly legs: readonly RelayLeg[];
  readonly client: ClientPath;
  readonly counters: LiveCounters;
  readonly bandwidth: RelayBandwidth;
  readonly clock: () => Millis;
  /** The relay of this process that has this address, if it is one of ours. */
  readonly ownRelay: (ip: string, port: number) => Relay | undefined;
  readonly unmatched: (datagram: PeerDatagram) => void;
}

/** The relayed transport addresses of one allocation: their sockets, their rules, and the packets in both directions. */
export class Relay {
  readonly id: RelayId;
  /** Where packets of peers go; mobility may change it. */
  client: ClientPath;
  readonly #legs = new Map<AddressFamily, RelayLeg>();
  readonly #options: Omit<RelayOptions, 'client'>;
  readonly #rules = new RelayRules();
  readonly #onSentToPeer: OnSent;

  constructor(options: RelayOptions) {
    this.id = options.id;
    this.client = options.client;
    this.#options = options;
    this.#onSentToPeer = countSent(options.counters, options.counters.toPeers, 0);
    for (const leg of options.legs) this.#open(leg);
  }

  get relayedAddresses(): readonly TransportAddress[] {
    return Array.from(this.#legs.values(), ({ relayedAddress }) => relayedAddress);
  }

  apply(change: RuleChange): void {
    switch (change.change) {
      case 'installPermission':
        return this.#rules.installPermission(change.peerIp, change.deadline);
      case 'removePermission':
        return this.#rules.removePermission(change.peerIp);
      case 'installChannel':
        return this.#rules.installChannel(change);
      case 'removeChannel':
        return this.#rules.removeChannel(change.channelNumber);
      case 'moveClient':
      case 'closeRelay':
      case 'closePeer':
      case 'releaseReservation':
        return;
    }
  }

  /** ChannelData that this relay's client sent; the caller has counted it as arrived. */
  forwardFromClient(channelNumber: number, data: Uint8Array): void {
    const now = this.#options.clock();
    const channel = this.#rules.channelByNumber(channelNumber, now);
    if (channel === undefined) this.#options.counters.dropped.unboundChannel += 1;
    else this.#sendToPeer(channel.peer, data, now);
  }

  /** What the client sent in a Send indication. */
  sendToPeer(peer: TransportAddress, data: Uint8Array): void {
    this.#sendToPeer(peer, data, this.#options.clock());
  }

  receiveFromPeer(family: AddressFamily, ip: string, port: number, data: Uint8Array): void {
    const { counters, clock, unmatched } = this.#options;
    const now = clock();
    countTraffic(counters.fromPeers, data.length);
    if (!this.#rules.isPermitted(ip, now)) {
      counters.dropped.noPermission += 1;
      return;
    }
    if (!this.#isWithinBandwidth('fromPeer', data, now)) return;
    const channel = this.#rules.channelByPeer(ip, port, now);
    if (channel !== undefined) return this.client.sendChannelData(channel.channelNumber, data);
    unmatched({ relay: this.id, peer: { family, ip, port }, bytes: data });
  }

  /** Closes the address of one family, with the permissions and channels of its peers, or all. */
  async close(family?: AddressFamily): Promise<void> {
    const closing = [...this.#legs].filter(([own]) => family === undefined || own === family);
    for (const [own] of closing) {
      this.#legs.delete(own);
      this.#rules.removeFamily(own);
    }
    await Promise.all(closing.map(([, { socket }]) => closeUdpSocket(socket)));
  }

  #open(leg: RelayLeg): void {
    const { family } = leg.relayedAddress;
    this.#legs.set(family, leg);
    leg.socket.on('message', (data, { address, port }) => this.receiveFromPeer(family, address, port, data));
    // ECONNREFUSED or EMSGSIZE of one packet is no reason to lose the relay (RFC 8656 §15 asks for as much).
    leg.socket.on('error', () => {});
  }

  /** A peer that is a relayed address of ours is reached inside the process: a 1:1 NAT would not send it back to us. */
  #sendToPeer({ family, ip, port }: TransportAddress, data: Uint8Array, now: Millis): void {
    const { counters, ownRelay } = this.#options;
    const leg = this.#legs.get(family);
    if (leg === undefined) {
      counters.dropped.sendFailed += 1;
      return;
    }
    if (!this.#isWithinBandwidth('fromClient', data, now)) return;
    const own = ownRelay(ip, port);
    if (own === undefined) return sendDatagram(leg.socket, data, ip, port, this.#onSentToPeer);
    countTraffic(counters.toPeers, data.length);
    own.receiveFromPeer(family, leg.relayedAddress.ip, leg.relayedAddress.port, data);
  }

  #isWithinBandwidth(direction: Direction, data: Uint8Array, now: Millis): boolean {
    const { bandwidth, counters } = this.#options;
    const admitted = bandwidth.admits(direction, data.length, now);
    if (!admitted) counters.dropped.rateLimited += 1;
    return admitted;
  }
}
