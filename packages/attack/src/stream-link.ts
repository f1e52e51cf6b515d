import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { StreamFramer, type TransportAddress } from '@pinhole/protocol';
import { Inbox } from './inbox.ts';
import type { Link } from './link.ts';

const CONNECT_MS = 5000;

/** A client's TCP or TLS connection. Certificates are not what is tested: any is taken. */
export class StreamLink implements Link {
  readonly transport: 'tcp' | 'tls';
  readonly inbox: Inbox<Buffer> = new Inbox();
  readonly socket: Socket;
  /** Everything that came, also what is no TURN. */
  received: Buffer = Buffer.alloc(0);
  /** Whether what came is still a sequence of whole TURN messages. */
  isFramed = true;
  #isClosed = false;
  readonly #framer = new StreamFramer();

  constructor(socket: Socket, transport: 'tcp' | 'tls') {
    this.socket = socket;
    this.transport = transport;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#handle(chunk));
    socket.on('error', () => {});
    for (const event of ['end', 'close']) socket.on(event, () => this.#handleEnd());
  }

  static async tcp({ ip, port }: TransportAddress): Promise<StreamLink> {
    const socket = connectTcp({ host: ip, port });
    await connected(socket, 'connect');
    return new StreamLink(socket, 'tcp');
  }

  static async tls({ ip, port }: TransportAddress, options: ConnectionOptions = {}): Promise<StreamLink> {
    const socket = connectTls({ host: ip, port, rejectUnauthorized: false, ...options });
    await connected(socket, 'secureConnect');
    return new StreamLink(socket, 'tls');
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  send(bytes: Uint8Array): void {
    if (!this.socket.destroyed) this.socket.write(bytes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
  }

  #handle(chunk: Buffer): void {
    // What a check reads by eye is at the start; a flood need not be kept.
    if (this.received.length < 65_536) this.received = Buffer.concat([this.received, chunk]);
    const { frames, failure } = this.#framer.push(chunk);
    if (failure !== undefined) this.isFramed = false;
    for (const frame of frames) this.inbox.put(Buffer.from(frame));
    this.inbox.wake();
  }

  #handleEnd(): void {
    this.#isClosed = true;
    this.inbox.wake();
  }
}

/** Rejects when the connection fails or is not there in time. */
async function connected(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  try {
    await once(socket, event, { signal: AbortSignal.timeout(CONNECT_MS) });
  } catch (cause) {
    socket.destroy();
    throw cause;
  }
}
