// A TURN client on a UDP socket of loopback, for facts about a whole edge.
import { createSocket, type Socket } from 'node:dgram';
import { EventEmitter, on } from 'node:events';
import { type Credential, mintCredential, TurnClient, type TurnClientEvent } from '@pinhole/protocol';
import { nodeCrypto } from '@pinhole/protocol/node-crypto';

export interface UdpClientOptions {
  readonly server: { readonly ip: string; readonly port: number };
  /** Made with a key of an app, or as it is. */
  readonly credential: Credential | { readonly appId: string; readonly key: string };
}

export class UdpClient {
  readonly turn: TurnClient;
  readonly #socket: Socket;
  readonly #server: UdpClientOptions['server'];
  readonly #events: AsyncIterator<TurnClientEvent[]>;
  readonly #emitter: EventEmitter = new EventEmitter();

  constructor({ server, credential }: UdpClientOptions) {
    const given = 'appId' in credential ? mintNow(credential) : credential;
    this.turn = new TurnClient({ transport: 'datagram', credential: given, crypto: nodeCrypto });
    this.#server = server;
    this.#events = on(this.#emitter, 'event') as AsyncIterator<TurnClientEvent[]>;
    this.#socket = createSocket('udp4');
    this.#socket.on('message', (bytes) => this.#receive(bytes));
  }

  /** Does something with the client, and gives the next thing that it learns. */
  async learn(act: (turn: TurnClient, now: number) => void): Promise<TurnClientEvent> {
    act(this.turn, performance.now());
    this.#flush();
    const { value } = await this.#events.next();
    return value[0];
  }

  sendOverChannel(channelNumber: number, text: string): void {
    this.turn.sendChannelData(channelNumber, new TextEncoder().encode(text));
    this.#flush();
  }

  close(): void {
    this.#socket.close();
  }

  #receive(bytes: Buffer): void {
    this.turn.handleMessage(performance.now(), bytes);
    this.#flush();
    for (let event = this.turn.pollEvent(); event !== undefined; event = this.turn.pollEvent())
      this.#emitter.emit('event', event);
  }

  #flush(): void {
    for (let bytes = this.turn.pollTransmit(); bytes !== undefined; bytes = this.turn.pollTransmit())
      this.#socket.send(bytes, this.#server.port, this.#server.ip);
  }
}

function mintNow({ appId, key }: { readonly appId: string; readonly key: string }): Credential {
  const expiresAt = Math.floor(Date.now() / 1000) + 600;
  return mintCredential({ appId, kid: '1', nonce: 'n', key, expiresAt }, nodeCrypto);
}
