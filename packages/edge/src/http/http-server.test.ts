import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, createServer as createTcp, type Socket } from 'node:net';
import { test } from 'node:test';
import { connect as connectTls, TLSSocket } from 'node:tls';
import {
  codeOf,
  LoopbackServer,
  requestText,
  statusOf,
  textUntilEnd,
  until,
  upgradeText,
} from '../gateway/gateway.test.support.ts';
import { selfSignedIdentity } from '../listeners/certificate.test.support.ts';
import { httpConnection } from './http-connection.test.support.ts';
import { createHttpServer, type HttpLimits, type HttpServer, type HttpServerOptions } from './http-server.ts';

const HELLO = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

interface Bench extends AsyncDisposable {
  readonly http: HttpServer;
  readonly sockets: ReadonlySet<Socket>;
  readonly seen: string[];
  readonly port: number;
  ask(text: string): Promise<string>;
}

/** An HTTP server that says which of its handlers was asked. `dress` changes an accepted socket before it is served. */
async function openServer(
  options: { readonly limits?: Partial<HttpLimits>; readonly dress?: (socket: Socket) => Socket } = {},
): Promise<Bench> {
  const seen: string[] = [];
  const note = (who: string, { url }: IncomingMessage, response?: ServerResponse): void => {
    seen.push(`${who} ${url}`);
    response?.end(who);
  };
  const gateway: HttpServerOptions['gateway'] = {
    handleRequest: (request, response) => note('gateway', request, response),
    handleUpgrade: (request, socket) => {
      note('upgrade', request);
      socket.end('upgraded');
    },
  };
  const web = (request: IncomingMessage, response: ServerResponse): void => note('web', request, response);
  const http = createHttpServer({ gateway, web, ...(options.limits && { limits: options.limits }) });
  const dress = options.dress ?? ((socket: Socket) => socket);
  const accept = (socket: Socket): void => http.serve(httpConnection(dress(socket)));
  const edge = await new LoopbackServer(createTcp({ allowHalfOpen: true }, accept)).listening();
  return {
    http,
    sockets: edge.sockets,
    seen,
    port: edge.port,
    ask: (text) => {
      const client = connect(edge.port, '127.0.0.1');
      client.write(text);
      return textUntilEnd(client);
    },
    [Symbol.asyncDispose]: async () => {
      http.close();
      await edge[Symbol.asyncDispose]();
    },
  };
}

/** As if the client had come from another machine. */
function fromElsewhere(socket: Socket): Socket {
  Object.defineProperty(socket, 'remoteAddress', { value: '203.0.113.7' });
  return socket;
}

test('gives /g/ to the gateway and everything else to the web', async () => {
  await using bench = await openServer();
  for (const target of ['/g/t/sfu/x', '/', '/g', '/gg/', '/v1/proxy/session', '//g/t/sfu/x']) {
    await bench.ask(requestText('GET', target, ['Connection: close']));
  }
  const expected = ['gateway /g/t/sfu/x', 'web /', 'web /g', 'web /gg/', 'web /v1/proxy/session', 'web //g/t/sfu/x'];
  assert.deepEqual(bench.seen, expected);
});

test('serves requests of one connection one after another', async () => {
  await using bench = await openServer();
  const answer = await bench.ask(requestText('GET', '/a', []) + requestText('GET', '/b', ['Connection: close']));
  assert.equal(answer.match(/HTTP\/1\.1 200/g)?.length, 2);
  assert.deepEqual(bench.seen, ['web /a', 'web /b']);
});

for (const host of ['localhost', 'localhost:8443', '127.0.0.1:8443', '[::1]:8443']) {
  test(`serves plain HTTP on loopback to who asks for ${host}`, async () => {
    await using bench = await openServer();
    assert.match(await bench.ask(HELLO.replace('localhost', host)), /^HTTP\/1\.1 200 /);
  });
}

test('sends plain HTTP from elsewhere to the same address over TLS', async () => {
  await using bench = await openServer({ dress: fromElsewhere });
  const request = requestText('GET', '/demo/?x=1', []).replace('localhost', 'rtc.example.com:80');
  const answer = await bench.ask(request);
  assert.equal(statusOf(answer), 308);
  assert.match(answer, new RegExp(`\r\nLocation: https://rtc\\.example\\.com:${bench.port}/demo/\\?x=1\r\n`));
  assert.deepEqual(bench.seen, []);
});

test('does not serve loopback to a name that only resolves to it (DNS rebinding)', async () => {
  await using bench = await openServer();
  for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example']) {
    assert.equal(statusOf(await bench.ask(HELLO.replace('localhost', host))), 308);
  }
  assert.deepEqual(bench.seen, []);
});

for (const host of ['a/b', 'a@b', 'a b', 'a?b', '[::1', '']) {
  test(`refuses the Host ${JSON.stringify(host)} instead of redirecting to it`, async () => {
    await using bench = await openServer();
    const answer = await bench.ask(HELLO.replace('localhost', host));
    assert.equal(statusOf(answer), 400);
    assert.doesNotMatch(answer, /location/i);
  });
}

test('refuses requests in the forms of a forward proxy', async () => {
  await using bench = await openServer();
  const absolute = await bench.ask(requestText('GET', 'http://localhost/', ['Connection: close']));
  assert.equal(codeOf(absolute), 'request.malformed');
  const tunnel = await bench.ask(requestText('CONNECT', 'evil.example:443', []));
  assert.doesNotMatch(tunnel, /200/);
  assert.deepEqual(bench.seen, []);
});

test('lets only /g/ be upgraded, and takes other offers as ordinary requests', async () => {
  await using bench = await openServer();
  assert.equal(await bench.ask(upgradeText('/g/t/sfu/x')), 'upgraded');
  assert.equal(codeOf(await bench.ask(upgradeText('/chat'))), 'route.not_found');
  await bench.ask(requestText('GET', '/', ['Connection: Upgrade, close', 'Upgrade: h2c']));
  assert.deepEqual(bench.seen, ['upgrade /g/t/sfu/x', 'web /']);
});

test('tells a WebSocket in the clear from elsewhere to use TLS', async () => {
  await using bench = await openServer({ dress: fromElsewhere });
  const answer = await bench.ask(upgradeText('/g/t/sfu/x'));
  assert.equal(statusOf(answer), 426);
  assert.match(answer, /wss:\/\//);
  assert.deepEqual(bench.seen, []);
});

test('serves a TLS connection from anywhere and by any name', async () => {
  const identity = await selfSignedIdentity();
  const dress = (raw: Socket): Socket => new TLSSocket(fromElsewhere(raw), { isServer: true, ...identity });
  await using bench = await openServer({ dress });
  const client = connectTls({ port: bench.port, host: '127.0.0.1', rejectUnauthorized: false });
  client.write(HELLO.replace('localhost', 'rtc.example.com'));
  assert.equal(statusOf(await textUntilEnd(client)), 200);
});

test('ends a connection that does not finish its header in time, though the server never listens itself', async () => {
  await using bench = await openServer({ limits: { header: 50, request: 100, check: 10 } });
  const answer = await bench.ask('GET / HTTP/1.1\r\nHost: loc');
  assert.equal(statusOf(answer), 408);
});

test('ends a connection that never begins a request in time', async () => {
  await using bench = await openServer({ limits: { header: 50, request: 100, check: 10 } });
  assert.equal(statusOf(await bench.ask('')), 408);
});

test('refuses a header that is too large', async () => {
  await using bench = await openServer();
  assert.equal(statusOf(await bench.ask(requestText('GET', '/', [`X-Big: ${'x'.repeat(20_000)}`]))), 431);
});

test('ends every connection when it closes', async () => {
  await using bench = await openServer();
  const client = connect(bench.port, '127.0.0.1').on('error', () => {});
  client.write(requestText('GET', '/', []));
  await once(client, 'data');
  bench.http.close();
  await until('the connection was gone', () => bench.sockets.size === 0);
});
