// A gateway with a client and an upstream on loopback, for tests; like every *.test.* file it is not published.
import { once } from 'node:events';
import { createServer as createHttp, type RequestListener } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import {
  type AppConfig,
  GATEWAY_TICKET_AUDIENCE,
  GATEWAY_TICKET_TYPE,
  type Log,
  TOKEN_ALGORITHM,
  type UpstreamConfig,
} from '@pinhole/contract';
import { SignJWT } from 'jose';
import { httpConnection } from '../http/http-connection.test.support.ts';
import { createHttpServer } from '../http/http-server.ts';
import { createGateway, type Gateway, type GatewayOptions } from './gateway.ts';

export const NOW = 1_800_000_000;
type AppWithSecret = AppConfig & { readonly secret: string };
export const APP: AppWithSecret = { id: 'demo', secret: 'a secret of at least 32 characters', upstreams: ['sfu'] };
export const OTHER_APP: AppWithSecret = { id: 'other', secret: 'another secret of 32 characters!!', upstreams: [] };
const PATIENCE = 10_000;

export interface TicketOptions {
  readonly app?: string;
  readonly secret?: string;
  readonly expiresAt?: number;
  readonly audience?: string;
  readonly type?: string;
}

export function signTicket(options: TicketOptions = {}): Promise<string> {
  return new SignJWT({ app: options.app ?? APP.id, sub: 'user', sid: 'session' })
    .setProtectedHeader({ alg: TOKEN_ALGORITHM, typ: options.type ?? GATEWAY_TICKET_TYPE, kid: '1' })
    .setAudience(options.audience ?? GATEWAY_TICKET_AUDIENCE)
    .setExpirationTime(options.expiresAt ?? NOW + 600)
    .sign(new TextEncoder().encode(options.secret ?? APP.secret));
}

/** Every line that was logged, as text: to look for what must not be in one. */
export class LogLines implements Log {
  readonly lines: string[] = [];

  info(event: string, fields?: object): void {
    this.lines.push(`${event} ${JSON.stringify(fields)}`);
  }

  warn(event: string, fields?: object): void {
    this.info(event, fields);
  }

  error(event: string, fields?: object): void {
    this.info(event, fields);
  }
}

/** A server on loopback that knows its connections. */
export class LoopbackServer implements AsyncDisposable {
  readonly server: Server;
  readonly sockets: Set<Socket> = new Set();

  constructor(server: Server) {
    this.server = server;
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  static async http(answer: RequestListener): Promise<LoopbackServer> {
    return new LoopbackServer(createHttp(answer)).listening();
  }

  /** One that says what it likes, HTTP or not, and always hears. */
  static async raw(accept: (socket: Socket) => void): Promise<LoopbackServer> {
    const hear = (socket: Socket): void => {
      accept(socket);
      socket.resume();
    };
    return new LoopbackServer(createServer(hear)).listening();
  }

  async listening(): Promise<LoopbackServer> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return this;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}

export interface GatewayBench extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly log: LogLines;
  readonly ticket: string;
  /** Connections of clients that are open. */
  readonly clients: ReadonlySet<Socket>;
  readonly port: number;
  connect(): Socket;
  /** Sends a request as it is and returns all that comes back until the connection ends. */
  raw(request: string): Promise<string>;
  /** `GET /g/<ticket>/sfu<rest>`, with these header lines. */
  get(rest: string, ...headers: string[]): Promise<string>;
}

/** The gateway behind an HTTP server in the clear, with the upstream `sfu` at this URL. */
export async function openGateway(
  signaling: string,
  options: Partial<GatewayOptions> & { readonly origins?: readonly string[] } = {},
): Promise<GatewayBench> {
  const sfu: UpstreamConfig = { name: 'sfu', signaling, media: [], origins: options.origins ?? [] };
  const closed: UpstreamConfig = { ...sfu, name: 'closed' };
  const log = new LogLines();
  const gateway = createGateway({ upstreams: [sfu, closed], apps: [APP, OTHER_APP], log, now: () => NOW, ...options });
  const http = createHttpServer({ gateway, web: (_request, response) => response.writeHead(204).end() });
  // As the mux listener does it: half-open, and read by nobody else.
  const server = createServer({ allowHalfOpen: true }, (socket) => http.serve(httpConnection(socket)));
  const edge = await new LoopbackServer(server).listening();
  const ticket = await signTicket();
  const raw = async (request: string): Promise<string> => {
    const socket = connect(edge.port, '127.0.0.1');
    socket.write(request, 'latin1');
    return textUntilEnd(socket);
  };
  return {
    gateway,
    log,
    ticket,
    clients: edge.sockets,
    port: edge.port,
    connect: () => connect({ port: edge.port, host: '127.0.0.1', noDelay: true }).on('error', () => {}),
    raw,
    get: (rest, ...headers) => raw(requestText('GET', `/g/${ticket}/sfu${rest}`, ['Connection: close', ...headers])),
    [Symbol.asyncDispose]: async () => {
      http.close();
      await edge[Symbol.asyncDispose]();
    },
  };
}

export function requestText(method: string, target: string, headers: readonly string[], body = ''): string {
  return `${[`${method} ${target} HTTP/1.1`, 'Host: localhost', ...headers].join('\r\n')}\r\n\r\n${body}`;
}

/** A WebSocket's handshake; the key is the example of RFC 6455 §1.3. */
export function upgradeText(target: string, ...headers: string[]): string {
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
  return requestText('GET', target, ['Connection: Upgrade', 'Upgrade: websocket', key, ...headers]);
}

export async function textUntilEnd(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  socket.on('error', () => {});
  try {
    await once(socket, 'close', { signal: AbortSignal.timeout(PATIENCE) });
  } finally {
    socket.destroy();
  }
  return text;
}

/** Collects what a socket says, for tests that go on while it speaks. */
export function listenTo(socket: Socket): { text: () => string } {
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  return { text: () => text };
}

export async function until(what: string, holds: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + PATIENCE;
  while (!holds()) {
    if (performance.now() > giveUpAt) throw new Error(`This never happened: ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
}

/** The code of a coded error answer. */
export function codeOf(answer: string): string | undefined {
  return /"code":"([^"]+)"/.exec(answer)?.[1];
}
