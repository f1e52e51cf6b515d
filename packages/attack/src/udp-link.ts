import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type TransportAddress, transportAddress } from '@pinhole/protocol';
import { Inbox } from './inbox.ts';
import type { Link } from './link.ts';

/** A client's UDP socket, connected to the server: nobody else's packets reach it. */
export class UdpLink implements Link {
  readonly transport = 'udp';
  readonly inbox: Inbox<Buffer> = new Inbox();
  #isClosed = false;
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (bytes) => this.inbox.put(bytes));
    // A refused packet comes back as an error here; the check sees it as silence.
    socket.on('error', () => {});
  }

  static async open({ family, ip, port }: TransportAddress): Promise<UdpLink> {
    const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
    socket.connect(port, ip);
    await once(socket, 'connect');
    return new UdpLink(socket);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  send(bytes: Uint8Array): void {
    this.#socket.send(bytes);
  }

  /** Two users may share a link, and each closes it when it is done. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isClosed) this.#socket.close();
    this.#isClosed = true;
  }
}

export interface PeerPacket {
  readonly bytes: Buffer;
  readonly from: TransportAddress;
}

/** A peer of the suite's own, on an address of this machine: it sees what a relay lets through. */
export class PeerSocket implements AsyncDisposable {
  readonly inbox: Inbox<PeerPacket> = new Inbox();
  readonly address: TransportAddress;
  readonly #socket: Socket;

  private constructor(socket: Socket, address: TransportAddress) {
    this.#socket = socket;
    this.address = address;
    socket.on('message', (bytes, { address: ip, port }) => {
      const from = transportAddress(ip, port);
      if (from !== undefined) this.inbox.put({ bytes, from });
    });
    socket.on('error', () => {});
  }

  /** Rejects where the address is not this machine's. */
  static async open({ family, ip, port }: TransportAddress): Promise<PeerSocket> {
    const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
    socket.bind(port, ip);
    await once(socket, 'listening');
    return new PeerSocket(socket, { family, ip, port: socket.address().port });
  }

  send(to: TransportAddress, bytes: Uint8Array | string): void {
    this.#socket.send(bytes, to.port, to.ip);
  }

  async receives(bytes: Uint8Array | string, timeoutMs: number): Promise<PeerPacket | undefined> {
    const wanted = Buffer.from(bytes as Uint8Array);
    return this.inbox.take((item) => item.bytes.equals(wanted), timeoutMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
  }
}
