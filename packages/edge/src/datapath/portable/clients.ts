import { addressesEqual, type FiveTuple, type Millis } from '@pinhole/protocol';
import type { TurnStream } from '../../listeners/accepted-stream.ts';
import type { StreamDeadlines } from '../../listeners/stream-deadlines.ts';
import type { UdpListener } from '../../listeners/udp-listener.ts';
import type { ClientMessage } from '../datapath.ts';
import { dataIndicationByteLength } from './indication-data.ts';
import type { LiveCounters } from './live-counters.ts';
import type { ClientPath, Relay } from './relay.ts';
import type { StreamClient } from './stream-client.ts';
import { StreamClients } from './stream-clients.ts';
import { UdpClients } from './udp-clients.ts';

/** Where a five-tuple leads: how to reach the client, and how to tell its packets which relay is theirs. */
export interface ClientEnd {
  readonly path: ClientPath;
  attach(relay: Relay): void;
  detach(relay: Relay): void;
}

export interface ClientsOptions {
  readonly counters: LiveCounters;
  readonly deadlines: StreamDeadlines;
  readonly clock: () => Millis;
  readonly maxEgressAge: () => Millis;
  readonly messages: (batch: readonly ClientMessage[]) => void;
  readonly gone: (fiveTuple: FiveTuple) => void;
}

/** All clients, of every listener. */
export class Clients {
  readonly #options: ClientsOptions;
  readonly #udp: UdpClients[] = [];
  readonly #streams: StreamClients;

  constructor(options: ClientsOptions) {
    this.#options = options;
    this.#streams = new StreamClients({ ...options, gone: ({ fiveTuple }) => options.gone(fiveTuple) });
  }

  addUdp(listener: UdpListener): void {
    const { counters, messages } = this.#options;
    this.#udp.push(new UdpClients({ listener, counters, message: (one) => messages([one]) }));
  }

  addStream(stream: TurnStream): void {
    this.#streams.add(stream);
  }

  findStream(fiveTuple: FiveTuple): StreamClient | undefined {
    return fiveTuple.transport === 'udp' ? undefined : this.#streams.find(fiveTuple);
  }

  end(fiveTuple: FiveTuple): ClientEnd {
    return (fiveTuple.transport === 'udp' ? this.#udpEnd(fiveTuple) : this.#streamEnd(fiveTuple)) ?? this.#goneEnd();
  }

  /** Sends a STUN message to a client that may have gone. */
  sendMessage(fiveTuple: FiveTuple, bytes: Uint8Array): void {
    if (fiveTuple.transport === 'udp') {
      const clients = this.#udpClients(fiveTuple);
      if (clients !== undefined) return clients.sendMessage(fiveTuple.clientAddress, bytes);
    } else {
      const client = this.#streams.find(fiveTuple);
      if (client !== undefined) return client.sendMessage(bytes);
    }
    if (dataIndicationByteLength(bytes) !== undefined) this.#options.counters.dropped.clientGone += 1;
  }

  #udpEnd(fiveTuple: FiveTuple): ClientEnd | undefined {
    const { clientAddress } = fiveTuple;
    const clients = this.#udpClients(fiveTuple);
    return (
      clients && {
        path: clients.pathTo(clientAddress),
        attach: (relay) => clients.attach(clientAddress, relay),
        detach: (relay) => clients.detach(clientAddress, relay),
      }
    );
  }

  #streamEnd(fiveTuple: FiveTuple): ClientEnd | undefined {
    const client = this.#streams.find(fiveTuple);
    return (
      client && {
        path: client,
        attach: (relay) => {
          client.relay = relay;
        },
        detach: (relay) => {
          if (client.relay === relay) client.relay = undefined;
        },
      }
    );
  }

  /** The client went while its relay was being opened; the core has been told, and will close the relay. */
  #goneEnd(): ClientEnd {
    const sendChannelData = (): void => {
      this.#options.counters.dropped.clientGone += 1;
    };
    return { path: { sendChannelData }, attach: () => {}, detach: () => {} };
  }

  #udpClients({ serverAddress }: FiveTuple): UdpClients | undefined {
    return this.#udp.find(({ address }) => addressesEqual(address, serverAddress));
  }
}
