import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import {
  type ClientTransport,
  type Credential,
  StreamFramer,
  TurnClient,
  type TurnClientEvent,
} from '@pinhole/protocol';
import { nodeCrypto } from '@pinhole/protocol/node-crypto';

export interface ServerPlace {
  readonly transport: ClientTransport;
  readonly ip: string;
  readonly port: number;
}

export type DataEvent = Extract<TurnClientEvent, { event: 'data' }>;

/** What a socket of either kind can do for a client. */
interface Link {
  readonly send: (bytes: Uint8Array) => void;
  readonly close: () => void;
}

/** How often retransmissions are looked at. */
const TICK = 100;
/** Nothing on loopback or in a lab takes as long as this, a flood apart. */
const PATIENCE = 30_000;

/** The TURN client of the protocol package on a real socket, for tests that send much. One request at a time. */
export class SocketTurnClient {
  readonly turn: TurnClient;
  /** Called with the data of peers. */
  onData: (data: DataEvent) => void = () => {};
  readonly #link: Link;
  readonly #ticker: NodeJS.Timeout;
  #answer: ((event: TurnClientEvent) => void) | undefined;

  private constructor(turn: TurnClient, link: Link) {
    this.turn = turn;
    this.#link = link;
    this.#ticker = setInterval(() => {
      this.turn.handleTimeout(performance.now());
      this.#flush();
    }, TICK);
  }

  static async connect(place: ServerPlace, credential: Credential): Promise<SocketTurnClient> {
    const transport = place.transport === 'udp' ? 'datagram' : 'stream';
    const turn = new TurnClient({ transport, credential, crypto: nodeCrypto });
    let client: SocketTurnClient | undefined;
    const link = await (place.transport === 'udp' ? openUdp : openStream)(place, (bytes) => client?.hear(bytes));
    client = new SocketTurnClient(turn, link);
    return client;
  }

  /** Makes a request and gives what came of it. Rejects where nothing comes. */
  request(make: (turn: TurnClient, now: number) => void): Promise<TurnClientEvent> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('the server never answered')), PATIENCE);
      this.#answer = (event) => {
        clearTimeout(timer);
        resolve(event);
      };
      make(this.turn, performance.now());
      this.#flush();
    });
  }

  sendChannelData(channelNumber: number, bytes: Uint8Array): void {
    this.turn.sendChannelData(channelNumber, bytes);
    this.#flush();
  }

  sendIndication(...[peer, bytes]: Parameters<TurnClient['sendIndication']>): void {
    this.turn.sendIndication(peer, bytes);
    this.#flush();
  }

  hear(bytes: Uint8Array): void {
    this.turn.handleMessage(performance.now(), bytes);
    this.#flush();
  }

  close(): void {
    clearInterval(this.#ticker);
    this.#link.close();
  }

  #flush(): void {
    for (let bytes = this.turn.pollTransmit(); bytes !== undefined; bytes = this.turn.pollTransmit()) {
      this.#link.send(bytes);
    }
    for (let event = this.turn.pollEvent(); event !== undefined; event = this.turn.pollEvent()) {
      if (event.event === 'data') this.onData(event);
      else this.#answer?.(event);
    }
  }
}

async function openUdp({ ip, port }: ServerPlace, hear: (bytes: Uint8Array) => void): Promise<Link> {
  const socket = createSocket('udp4');
  socket.on('message', hear);
  socket.on('error', () => {});
  socket.connect(port, ip);
  await once(socket, 'connect');
  return { send: (bytes) => socket.send(bytes), close: () => socket.close() };
}

async function openStream({ transport, ip, port }: ServerPlace, hear: (bytes: Uint8Array) => void): Promise<Link> {
  const socket: Socket =
    transport === 'tcp'
      ? connectTcp({ host: ip, port, noDelay: true })
      : connectTls({ host: ip, port, rejectUnauthorized: false });
  await once(socket, transport === 'tcp' ? 'connect' : 'secureConnect');
  const framer = new StreamFramer();
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    for (const frame of framer.push(chunk).frames) hear(frame);
  });
  return { send: (bytes) => void socket.write(bytes), close: () => void socket.destroy() };
}
