import type { Socket } from 'node:net';
import type { FiveTuple, Millis, RelayResult, TransportAddress } from '@pinhole/protocol';
import { EdgeError } from '../../errors.ts';
import { type BindAddress, boundAddress, type Listener } from '../../listeners/bound-server.ts';
import { ConnectionPlaces } from '../../listeners/connection-places.ts';
import { listenMux } from '../../listeners/mux-listener.ts';
import { proxyFinder } from '../../listeners/proxied-stream.ts';
import { StreamDeadlines } from '../../listeners/stream-deadlines.ts';
import { listenTcp, type StreamListenerOptions } from '../../listeners/tcp-listener.ts';
import { createTlsTerminator, type TlsTerminator } from '../../listeners/tls-terminator.ts';
import { listenUdpEverywhere, systemIps } from '../../listeners/udp-every-address.ts';
import type { DatapathCounters } from '../counters.ts';
import type {
  Datapath,
  DatapathLimits,
  DatapathSink,
  ListeningAddress,
  ListenOptions,
  Outgoing,
  PeerDatagram,
  RelayId,
  RelayRequest,
  RuleChange,
  TlsIdentity,
} from '../datapath.ts';
import { Clients } from './clients.ts';
import { LiveCounters } from './live-counters.ts';
import { type RelayAddressOptions, relayAddresses } from './relay-addresses.ts';
import { RelayOpener } from './relay-opener.ts';
import { RelayTable } from './relay-table.ts';
import { ReservedLegs } from './reserved-legs.ts';
import { TcpRelays } from './tcp-relays.ts';

export interface PortableDatapathOptions extends RelayAddressOptions {
  readonly sink: DatapathSink;
  /** The addresses of this machine, which a wildcard stands for; by default the system's answer. */
  readonly localIps?: () => readonly string[];
  /** Needed to listen with `mux`. */
  readonly tls?: TlsIdentity;
  /** The monotonic clock that deadlines are on; by default `performance.now`. */
  readonly clock?: () => Millis;
  /** A uniform, unpredictable integer in [min, max); by default `crypto.randomInt`. */
  readonly random?: (min: number, max: number) => number;
}

/** The backend that runs wherever Node does. Throws an EdgeError where the options contradict each other. */
export function createPortableDatapath(options: PortableDatapathOptions): Datapath {
  return new PortableDatapath(options);
}

class PortableDatapath implements Datapath {
  readonly backend = 'portable';
  readonly #sink: DatapathSink;
  readonly #counters = new LiveCounters();
  readonly #localIps: () => readonly string[];
  readonly #deadlines: StreamDeadlines;
  readonly #listeners: Listener[] = [];
  readonly #clients: Clients;
  readonly #places = new ConnectionPlaces();
  readonly #relays: RelayTable;
  readonly #reserved: ReservedLegs;
  readonly #opener: RelayOpener;
  readonly #tcpRelays: TcpRelays;
  /** Every accepted connection that is open, so that `close` leaves none. */
  readonly #sockets = new Set<Socket>();
  #tls: TlsTerminator | undefined;
  #maxEgressAge: Millis = Number.POSITIVE_INFINITY;
  #isSending = false;
  #isClosed = false;

  constructor(options: PortableDatapathOptions) {
    const clock = options.clock ?? (() => performance.now());
    const counters = this.#counters;
    this.#sink = options.sink;
    this.#localIps = options.localIps ?? systemIps;
    this.#deadlines = new StreamDeadlines(clock);
    this.#clients = new Clients({
      counters,
      deadlines: this.#deadlines,
      clock,
      maxEgressAge: () => this.#maxEgressAge,
      messages: (batch) => this.#sink.clientMessages(batch),
      gone: (fiveTuple) => this.#clientGone(fiveTuple),
    });
    const unmatched = (datagram: PeerDatagram): void => this.#unmatched(datagram);
    this.#relays = new RelayTable({ counters, clock, unmatched, endOf: (fiveTuple) => this.#clients.end(fiveTuple) });
    this.#reserved = new ReservedLegs(counters);
    const opening = {
      addresses: relayAddresses(options),
      range: options.relay,
      ...(options.random === undefined ? {} : { random: options.random }),
      isOurs: (address: TransportAddress) => this.#relays.hasAddress(address) || this.#tcpRelays.hasAddress(address),
      fault: (fault: Parameters<DatapathSink['fault']>[0]) => this.#sink.fault(fault),
    };
    this.#opener = new RelayOpener({ ...opening, reserved: this.#reserved });
    this.#tcpRelays = new TcpRelays({
      ...{ ...opening, counters, clock, places: this.#places, bandwidth: this.#relays.bandwidth },
      connected: (connection) => this.#sink.peerConnected(connection),
      findClient: (fiveTuple) => this.#clients.findStream(fiveTuple),
    });
    if (options.tls !== undefined) this.setTls(options.tls);
  }

  async listen(options: ListenOptions): Promise<ListeningAddress> {
    const listener = await this.#openListener(options);
    this.#listeners.push(listener);
    return { transport: options.transport, address: listener.address };
  }

  setTls(identity: TlsIdentity): void {
    if (this.#tls === undefined) this.#tls = createTlsTerminator(identity);
    else this.#tls.setIdentity(identity);
  }

  setLimits(limits: DatapathLimits): void {
    this.#places.limits = limits;
    this.#maxEgressAge = limits.streamEgressMillis ?? Number.POSITIVE_INFINITY;
    this.#relays.bandwidth.limits = limits;
  }

  async openRelay(request: RelayRequest): Promise<RelayResult> {
    if (request.relayTransport === 'tcp') return this.#tcpRelays.open(request);
    const { legs, result } = await this.#opener.open(request);
    if (this.#isClosed) {
      for (const { socket } of legs) socket.close();
      await this.#reserved.close();
      return { outcome: 'noPorts' };
    }
    if (legs.length > 0) this.#relays.add(request, legs);
    return result;
  }

  connectPeer(relay: RelayId, peer: TransportAddress): Promise<boolean> {
    return this.#tcpRelays.connectPeer(relay, peer);
  }

  joinPeer(relay: RelayId, peer: TransportAddress, fiveTuple: FiveTuple): void {
    this.#tcpRelays.joinPeer(relay, peer, fiveTuple);
  }

  apply(changes: readonly RuleChange[]): void {
    for (const change of changes) {
      const endsReservation = change.change === 'closeRelay' && change.family === undefined;
      if (endsReservation || change.change === 'releaseReservation') void this.#reserved.release(change.relay);
      this.#relays.apply(change);
      this.#tcpRelays.apply(change);
    }
  }

  send(batch: readonly Outgoing[]): void {
    this.#isSending = true;
    for (const outgoing of batch) {
      if (outgoing.to === 'client') this.#clients.sendMessage(outgoing.fiveTuple, outgoing.bytes);
      // A copy: the datagram may wait in the socket's queue, and the caller reuses its memory.
      else this.#relays.sendToPeer(outgoing.relay, outgoing.peer, outgoing.bytes.slice());
    }
    this.#isSending = false;
  }

  counters(): DatapathCounters {
    return this.#counters;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#deadlines.close();
    const closing = this.#listeners.map((listener) => listener.close());
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all([...closing, this.#relays.close(), this.#tcpRelays.close(), this.#reserved.close()]);
  }

  async #openListener({ transport, address: bind, proxyProtocolFrom = [] }: ListenOptions): Promise<Listener> {
    const fault = (error: Error): void => this.#sink.fault({ where: `${transport} ${bind.ip} ${bind.port}`, error });
    if (transport === 'udp') return this.#openUdp(bind, fault);
    const options = { ...this.#streamOptions(), isProxy: proxyFinder(proxyProtocolFrom), bind, fault };
    if (transport === 'tcp') return listenTcp(options);
    if (this.#tls === undefined) throw new EdgeError('EDGE_ERR_TLS', 'A mux listener needs a certificate: set "tls".');
    return listenMux({ ...options, tls: this.#tls, http: (connection) => this.#sink.httpConnection(connection) });
  }

  async #openUdp(bind: BindAddress, fault: (error: Error) => void): Promise<Listener> {
    const listeners = await listenUdpEverywhere({ bind, fault, localIps: this.#localIps() });
    for (const listener of listeners) this.#clients.addUdp(listener);
    return {
      address: boundAddress({ address: bind.ip, port: listeners[0]?.address.port ?? bind.port }, bind),
      close: async () => void (await Promise.all(listeners.map((listener) => listener.close()))),
    };
  }

  #streamOptions(): Omit<StreamListenerOptions, 'bind' | 'fault' | 'isProxy'> {
    return {
      deadlines: this.#deadlines,
      places: this.#places,
      accepted: (socket) => {
        this.#sockets.add(socket);
        socket.once('close', () => this.#sockets.delete(socket));
      },
      turn: (stream) => this.#clients.addStream(stream),
      ended: (reason) => {
        this.#counters.endedStreams[reason] += 1;
      },
    };
  }

  #clientGone(fiveTuple: FiveTuple): void {
    if (!this.#isClosed) this.#sink.clientGone(fiveTuple);
  }

  /** Not inside `send`: the core is in the middle of its outputs then, and takes no input before it is through. */
  #unmatched(datagram: PeerDatagram): void {
    if (this.#isSending) process.nextTick(() => this.#sink.peerDatagrams([datagram]));
    else this.#sink.peerDatagrams([datagram]);
  }
}
