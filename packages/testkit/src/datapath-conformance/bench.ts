import type { Datapath, DatapathSink, PortRange, RelayAddressOptions, RelayRequest, TlsIdentity } from '@pinhole/edge';
import type { ClientTransport, FiveTuple, Millis, TransportAddress } from '@pinhole/protocol';
import { type End, openClient, openUdp } from './ends.ts';
import { bindingRequest } from './packets.ts';
import { RecordingSink } from './recording-sink.ts';

/** What every backend is made of, as far as the suite is concerned. */
export interface ConformanceOptions extends RelayAddressOptions {
  readonly tls: TlsIdentity;
  /** The clock that rules' deadlines are on. */
  readonly clock: () => Millis;
}

export type CreateDatapath = (sink: DatapathSink, options: ConformanceOptions) => Promise<Datapath>;

/** A client with an open relay. */
export interface RelayedClient {
  readonly end: End;
  readonly relay: number;
  readonly fiveTuple: FiveTuple;
  readonly relayedAddress: TransportAddress;
  /** The one of the additional family, where it was asked for. */
  readonly additional?: TransportAddress;
}

/** What a fact may want of a relay; the rest is as most facts need it. */
type RelayWish = Partial<Omit<RelayRequest, 'relay' | 'fiveTuple'>>;

export const FAR: Millis = Number.MAX_SAFE_INTEGER;
const ANY_PORT: PortRange = { ip: '127.0.0.1', minPort: 49152, maxPort: 65535 };
const LISTENERS: Readonly<Record<ClientTransport, 'udp' | 'tcp' | 'mux'>> = { udp: 'udp', tcp: 'tcp', tls: 'mux' };

/** A datapath under test, everything that talks to it, and the clock that it goes by. */
export class Bench implements AsyncDisposable {
  readonly sink: RecordingSink = new RecordingSink();
  now: Millis = 1_000_000;
  readonly datapath: Datapath;
  readonly #ends: End[] = [];
  readonly #listening = new Map<string, TransportAddress>();
  #relays = 0;

  private constructor(datapath: Datapath, sink: RecordingSink) {
    this.datapath = datapath;
    this.sink = sink;
  }

  static async open(
    create: CreateDatapath,
    options: Pick<ConformanceOptions, 'tls'> & Partial<ConformanceOptions>,
  ): Promise<Bench> {
    const sink = new RecordingSink();
    const clock = (): Millis => bench.now;
    const datapath = await create(sink, {
      relay: ANY_PORT,
      externalIp: '127.0.0.1',
      clock,
      ...options,
    });
    const bench: Bench = new Bench(datapath, sink);
    return bench;
  }

  async listen(transport: 'udp' | 'tcp' | 'mux'): Promise<TransportAddress> {
    const known = this.#listening.get(transport);
    if (known !== undefined) return known;
    const { address } = await this.datapath.listen({ transport, address: { ip: '127.0.0.1', port: 0 } });
    this.#listening.set(transport, address);
    return address;
  }

  async client(transport: ClientTransport): Promise<End> {
    return this.use(await openClient(transport, await this.listen(LISTENERS[transport])));
  }

  async peer(ip: '127.0.0.1' | '::1' = '127.0.0.1'): Promise<End> {
    return this.use(await openUdp(undefined, ip));
  }

  /** Opens a client and a relay for it, the way the core does: on the client's first message. */
  async relayed(
    transport: ClientTransport,
    { family = 4, appId = 'demo', port = 'any', ...wish }: RelayWish = {},
  ): Promise<RelayedClient> {
    const end = await this.client(transport);
    end.send(bindingRequest());
    const { fiveTuple } = await this.sink.messages.next();
    this.#relays += 1;
    const relay = this.#relays;
    const result = await this.datapath.openRelay({ relay, appId, family, port, ...wish, fiveTuple });
    if (result.outcome !== 'opened') throw new Error(`No relay: ${result.outcome}`);
    const { relayedAddress, additional } = result;
    const second = additional?.outcome === 'opened' ? { additional: additional.relayedAddress } : {};
    return { end, relay, fiveTuple, relayedAddress, ...second };
  }

  permit({ relay }: RelayedClient, peerIp: string, deadline: Millis = FAR): void {
    this.datapath.apply([{ change: 'installPermission', relay, peerIp, deadline }]);
  }

  bindChannel({ relay }: RelayedClient, channelNumber: number, peer: TransportAddress, deadline: Millis = FAR): void {
    this.datapath.apply([{ change: 'installChannel', relay, channelNumber, peer, deadline }]);
  }

  /** Closes this end with the bench. */
  use<Some extends End>(end: Some): Some {
    this.#ends.push(end);
    return end;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const end of this.#ends) end.close();
    await this.datapath.close();
  }
}
