import type { RemoteInfo } from 'node:dgram';
import {
  CHANNEL_DATA_HEADER_LENGTH,
  decodeChannelData,
  encodeChannelData,
  isChannelData,
  looksLikeStun,
  type TransportAddress,
  transportAddress,
} from '@pinhole/protocol';
import type { UdpListener } from '../../listeners/udp-listener.ts';
import type { ClientMessage } from '../datapath.ts';
import { countSent, ignoreSent, type OnSent, sendDatagram } from './datagram-egress.ts';
import { dataIndicationByteLength, sendIndicationByteLength } from './indication-data.ts';
import { countTraffic, type LiveCounters } from './live-counters.ts';
import type { ClientPath, Relay } from './relay.ts';

export interface UdpClientsOptions {
  readonly listener: UdpListener;
  readonly counters: LiveCounters;
  readonly message: (message: ClientMessage) => void;
}

/** The clients of one UDP listener: finds the relay that a packet belongs to, and sends to any of them. */
export class UdpClients {
  readonly address: TransportAddress;
  readonly #options: UdpClientsOptions;
  /** By IP, then by port: joining the two would make a text for each packet. */
  readonly #relays = new Map<string, Map<number, Relay>>();
  readonly #onChannelDataSent: OnSent;

  constructor(options: UdpClientsOptions) {
    this.address = options.listener.address;
    this.#options = options;
    this.#onChannelDataSent = countSent(options.counters, options.counters.toClients, CHANNEL_DATA_HEADER_LENGTH);
    options.listener.socket.on('message', (bytes, from) => this.#receive(bytes, from));
  }

  pathTo({ ip, port }: TransportAddress): ClientPath {
    return {
      sendChannelData: (channelNumber, data) => {
        const bytes = encodeChannelData(channelNumber, data, { padded: false });
        sendDatagram(this.#options.listener.socket, bytes, ip, port, this.#onChannelDataSent);
      },
    };
  }

  attach({ ip, port }: TransportAddress, relay: Relay): void {
    const ports = this.#relays.get(ip) ?? new Map<number, Relay>();
    this.#relays.set(ip, ports.set(port, relay));
  }

  detach({ ip, port }: TransportAddress, relay: Relay): void {
    const ports = this.#relays.get(ip);
    if (ports?.get(port) !== relay) return;
    ports.delete(port);
    if (ports.size === 0) this.#relays.delete(ip);
  }

  /** Sends a STUN message. */
  sendMessage({ ip, port }: TransportAddress, bytes: Uint8Array): void {
    const { counters, listener } = this.#options;
    const dataByteLength = dataIndicationByteLength(bytes);
    const onSent =
      dataByteLength === undefined
        ? ignoreSent
        : countSent(counters, counters.toClients, bytes.length - dataByteLength);
    // A copy: the datagram may wait in the socket's queue, and the caller reuses its memory.
    sendDatagram(listener.socket, bytes.slice(), ip, port, onSent);
  }

  close(): Promise<void> {
    return this.#options.listener.close();
  }

  #receive(bytes: Uint8Array, from: RemoteInfo): void {
    if (isChannelData(bytes)) this.#forward(bytes, from);
    else if (looksLikeStun(bytes)) this.#handUp(bytes, from);
    else this.#options.counters.dropped.notTurn += 1;
  }

  #forward(bytes: Uint8Array, from: RemoteInfo): void {
    const { counters } = this.#options;
    const channelData = decodeChannelData(bytes);
    if (channelData === undefined) {
      counters.dropped.badChannelData += 1;
      return;
    }
    countTraffic(counters.fromClients, channelData.data.length);
    const relay = this.#relays.get(from.address)?.get(from.port);
    if (relay === undefined) counters.dropped.unboundChannel += 1;
    else relay.forwardFromClient(channelData.channelNumber, channelData.data);
  }

  #handUp(bytes: Uint8Array, from: RemoteInfo): void {
    const { counters, message } = this.#options;
    const clientAddress = transportAddress(from.address, from.port);
    // Only a link-local client has no canonical address, and its answers would need the interface as well.
    if (clientAddress === undefined) {
      counters.dropped.notTurn += 1;
      return;
    }
    const dataByteLength = sendIndicationByteLength(bytes);
    if (dataByteLength !== undefined) countTraffic(counters.fromClients, dataByteLength);
    message({ fiveTuple: { transport: 'udp', clientAddress, serverAddress: this.address }, bytes });
  }
}
