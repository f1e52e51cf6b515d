import type { Socket } from 'node:dgram';
import type { Millis, TransportAddress } from '@pinhole/protocol';
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

export interface RelayOptions {
  readonly id: RelayId;
  readonly socket: Socket;
  readonly relayedAddress: TransportAddress;
  readonly client: ClientPath;
  readonly counters: LiveCounters;
  readonly bandwidth: RelayBandwidth;
  readonly clock: () => Millis;
  /** The relay of this process that has this address, if it is one of ours. */
  readonly ownRelay: (ip: string, port: number) => Relay | undefined;
  readonly unmatched: (datagram: PeerDatagram) => void;
}

/** One relayed transport address: its socket, its rules, and the packets in both directions. */
export class Relay {
  readonly id: RelayId;
  readonly relayedAddress: TransportAddress;
  /** Where packets of peers go; mobility may change it. */
  client: ClientPath;
  readonly #options: Omit<RelayOptions, 'client'>;
  readonly #rules = new RelayRules();
  readonly #onSentToPeer: OnSent;

  constructor(options: RelayOptions) {
    this.id = options.id;
    this.relayedAddress = options.relayedAddress;
    this.client = options.client;
    this.#options = options;
    this.#onSentToPeer = countSent(options.counters, options.counters.toPeers, 0);
    options.socket.on('message', (data, { address, port }) => this.receiveFromPeer(address, port, data));
    // ECONNREFUSED or EMSGSIZE of one packet is no reason to lose the relay (RFC 8656 §15 asks for as much).
    options.socket.on('error', () => {});
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

  receiveFromPeer(ip: string, port: number, data: Uint8Array): void {
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
    unmatched({ relay: this.id, peer: { family: this.relayedAddress.family, ip, port }, bytes: data });
  }

  close(): Promise<void> {
    return closeUdpSocket(this.#options.socket);
  }

  /** A peer that is a relayed address of ours is reached inside the process: a 1:1 NAT would not send it back to us. */
  #sendToPeer({ ip, port }: TransportAddress, data: Uint8Array, now: Millis): void {
    if (!this.#isWithinBandwidth('fromClient', data, now)) return;
    const own = this.#options.ownRelay(ip, port);
    if (own === undefined) return sendDatagram(this.#options.socket, data, ip, port, this.#onSentToPeer);
    countTraffic(this.#options.counters.toPeers, data.length);
    own.receiveFromPeer(this.relayedAddress.ip, this.relayedAddress.port, data);
  }

  #isWithinBandwidth(direction: Direction, data: Uint8Array, now: Millis): boolean {
    const { bandwidth, counters } = this.#options;
    const admitted = bandwidth.admits(direction, data.length, now);
    if (!admitted) counters.dropped.rateLimited += 1;
    return admitted;
  }
}
