import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { createPortableDatapath } from '../datapath/portable/portable-datapath.ts';
import { requestText, textUntilEnd } from '../gateway/gateway.test.support.ts';
import { upstreamRequestHeaders } from '../gateway/request-headers.ts';
import { createUpstream } from '../gateway/upstream.ts';
import { selfSignedIdentity } from '../listeners/certificate.test.support.ts';
import { binaryHeader, lineHeader } from '../listeners/proxy-header.test.support.ts';
import { clientIpOf } from './client-address.ts';
import { createHttpServer } from './http-server.ts';

const never = (): never => assert.fail('this must not be called');

/** Answers with the digest of what was sent, and with the client's address. */
async function digest(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const hash = createHash('sha256');
  for await (const chunk of request) hash.update(chunk);
  response.end(`${hash.digest('hex')} ${request.socket.remotePort}`);
}

const ways: readonly (readonly [what: string, open: (port: number) => Socket])[] = [
  ['in the clear', (port) => connect(port, '127.0.0.1')],
  ['in TLS without ALPN', (port) => connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })],
  [
    'in TLS with ALPN',
    (port) => connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2', 'http/1.1'] }),
  ],
];
for (const [what, open] of ways) {
  test(`a request ${what} arrives whole and in order through a mux port`, async () => {
    await using mux = await webOnMux((request, response) => void digest(request, response));
    const body = Buffer.from(Array.from({ length: 300_000 }, (_, i) => 65 + (i % 23)));
    const client = open(mux.port);
    const answer = textUntilEnd(client);
    const sized = ['Connection: close', `Content-Length: ${body.length}`];
    client.write(requestText('POST', '/', sized));
    for (let sent = 0; sent < body.length; sent += 10_000) client.write(body.subarray(sent, sent + 10_000));
    const { port } = await new Promise<AddressInfo>((resolve) => {
      client.once('data', () => resolve(client.address() as AddressInfo));
    });
    assert.match(await answer, new RegExp(`${createHash('sha256').update(body).digest('hex')} ${port}`));
  });
}

for (const [what, header] of [
  ['version 1', lineHeader()],
  ['version 2', binaryHeader()],
] as const) {
  test(`tells the upstream the client's own address behind a proxy that speaks ${what}`, async () => {
    const upstream = createUpstream({ name: 'sfu', signaling: 'http://sfu', media: [], origins: [] });
    const web = (request: IncomingMessage, response: ServerResponse): void => {
      response.end(`${clientIpOf(request)} ${upstreamRequestHeaders(request, { upstream, prefix: '/g/' }).join(' ')}`);
    };
    await using mux = await webOnMux(web, ['127.0.0.0/8']);
    const client = connect(mux.port, '127.0.0.1');
    client.write(header);
    const secure = connectTls({ socket: client, rejectUnauthorized: false });
    secure.write(requestText('GET', '/', ['Connection: close', 'X-Forwarded-For: 192.0.2.99']));
    const answer = await textUntilEnd(secure);
    assert.match(answer, /203\.0\.113\.9 .*X-Forwarded-For 203\.0\.113\.9 /);
    assert.doesNotMatch(answer, /192\.0\.2\.99/);
  });
}

test('serves nobody in the clear because the proxy is on loopback', async () => {
  await using mux = await webOnMux(never, ['127.0.0.1']);
  const client = connect(mux.port, '127.0.0.1');
  client.write(lineHeader());
  client.write(requestText('GET', '/', []));
  const answer = await textUntilEnd(client);
  assert.match(answer, /^HTTP\/1\.1 308 /);
  assert.match(answer, /\r\nLocation: https:\/\/localhost\/\r\n/);
});

test('closes a connection that brings a PROXY header from an address that is not listed', async () => {
  await using mux = await webOnMux(never, ['192.0.2.1']);
  for (const [header, answered] of [
    [lineHeader(), /^HTTP\/1\.1 400 /],
    [binaryHeader(), /^$/],
  ] as const) {
    const client = connect(mux.port, '127.0.0.1');
    client.write(header);
    assert.match(await textUntilEnd(client), answered);
  }
});

interface WebOnMux extends AsyncDisposable {
  readonly port: number;
}

/** The HTTP server behind a mux port of a datapath. */
async function webOnMux(web: RequestListener, proxyProtocolFrom: readonly string[] = []): Promise<WebOnMux> {
  const gateway = { handleRequest: never, handleUpgrade: never, upgrades: () => [] };
  const http = createHttpServer({ gateway, web });
  const datapath = createPortableDatapath({
    sink: {
      clientMessages: never,
      peerDatagrams: never,
      peerConnected: never,
      clientGone: never,
      httpConnection: http.serve,
      fault: never,
    },
    relay: { ip: '127.0.0.1', minPort: 49152, maxPort: 65535 },
    externalIp: '127.0.0.1',
    tls: await selfSignedIdentity(),
  });
  const bind = { ip: '127.0.0.1', port: 0 };
  const { address } = await datapath.listen({ transport: 'mux', address: bind, proxyProtocolFrom });
  return {
    port: address.port,
    [Symbol.asyncDispose]: async () => {
      http.close();
      await datapath.close();
    },
  };
}
