import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Millis } from '@pinhole/protocol';
import type { HttpConnection } from '../datapath/datapath.ts';
import { answerError, responseOnSocket } from '../gateway/answer.ts';
import { type Gateway, isGatewayPath } from '../gateway/gateway.ts';
import { isWebSocket } from '../gateway/upgrade.ts';
import { ignoreError } from '../listeners/accepted-stream.ts';
import { rememberEnds } from './client-address.ts';
import { isServedInTheClear, secureLocation } from './plain-http.ts';

export interface HttpServerOptions {
  readonly gateway: Pick<Gateway, 'handleRequest' | 'handleUpgrade'>;
  /** Everything that is not the gateway's: the API, the demo page. */
  readonly web: (request: IncomingMessage, response: ServerResponse) => void;
  readonly limits?: Partial<HttpLimits>;
}

export interface HttpLimits {
  /** From the first byte of a request to the end of its header. */
  readonly header: Millis;
  /** From the first byte of a request to its last. */
  readonly request: Millis;
  /** Between two requests of a connection. */
  readonly keepAlive: Millis;
  /** How often the first two are looked at. */
  readonly check: Millis;
}

/** Serves HTTP on connections that the mux listeners found to speak it. */
export interface HttpServer {
  serve(connection: HttpConnection): void;
  /** Ends every connection, WebSockets included. */
  close(): void;
}

const LIMITS: HttpLimits = { header: 10_000, request: 300_000, keepAlive: 30_000, check: 5_000 };
const MAX_HEADER_BYTES = 16 * 1024;
const MAX_HEADERS = 100;

export function createHttpServer({ gateway, web, limits }: HttpServerOptions): HttpServer {
  const server = createNodeServer({ ...LIMITS, ...limits });
  const sockets = new Set<Socket>();
  server.on('request', (request, response) => {
    if (!refuse(request, response)) route(request, response, { gateway, web });
  });
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', ignoreError);
    if (isServedInTheClear(request) && isGatewayPath(request.url)) return gateway.handleUpgrade(request, socket, head);
    refuseUpgrade(request, responseOnSocket(request, socket));
  });
  return {
    serve: (connection) => {
      const { socket } = connection;
      rememberEnds(connection);
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      server.emit('connection', socket);
    },
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function createNodeServer(limits: HttpLimits): Server {
  const server = createServer({
    headersTimeout: limits.header,
    requestTimeout: limits.request,
    keepAliveTimeout: limits.keepAlive,
    connectionsCheckingInterval: limits.check,
    maxHeaderSize: MAX_HEADER_BYTES,
    noDelay: true,
    // Other upgrades (h2c) are offers that a server may ignore; the request is then an ordinary one (RFC 9110 §7.8).
    shouldUpgradeCallback: isWebSocket,
  });
  server.maxHeadersCount = MAX_HEADERS;
  // This server never listens itself, and Node starts to watch the two timeouts when a server begins to.
  server.emit('listening');
  return server;
}

function route(
  request: IncomingMessage,
  response: ServerResponse,
  { gateway, web }: Pick<HttpServerOptions, 'gateway' | 'web'>,
): void {
  if (isGatewayPath(request.url)) gateway.handleRequest(request, response);
  else web(request, response);
}

/** Whether the request was answered here, because it is in the clear or in a form that only proxies get. */
function refuse(request: IncomingMessage, response: ServerResponse): boolean {
  if (!request.url?.startsWith('/') && request.url !== '*') {
    answerError(response, 'request.malformed');
    return true;
  }
  if (isServedInTheClear(request)) return false;
  const location = secureLocation(request);
  if (location === undefined) answerError(response, 'request.malformed');
  else response.writeHead(308, { Location: location, 'Content-Length': 0, Connection: 'close' }).end();
  return true;
}

function refuseUpgrade(request: IncomingMessage, response: ServerResponse): void {
  if (isServedInTheClear(request)) return answerError(response, 'route.not_found');
  const text = 'WebSockets are served over TLS only. Use wss:// and the same port.\n';
  const headers = {
    'Content-Type': 'text/plain; charset=utf-8',
    Upgrade: 'TLS/1.2, HTTP/1.1',
    Connection: 'Upgrade, close',
  };
  response.writeHead(426, { ...headers, 'Content-Length': Buffer.byteLength(text) }).end(text);
}
