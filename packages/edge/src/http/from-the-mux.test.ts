import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { createPortableDatapath } from '../datapath/portable/portable-datapath.ts';
import { requestText, textUntilEnd } from '../gateway/gateway.test.support.ts';
import { selfSignedIdentity } from '../listeners/certificate.test.support.ts';
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
    const gateway = { handleRequest: never, handleUpgrade: never, upgrades: () => [] };
    const http = createHttpServer({ gateway, web: (request, response) => void digest(request, response) });
    const datapath = createPortableDatapath({
      sink: {
        clientMessages: never,
        peerDatagrams: never,
        clientGone: never,
        httpConnection: http.serve,
        fault: never,
      },
      relay: { ip: '127.0.0.1', minPort: 49152, maxPort: 65535 },
      externalIp: '127.0.0.1',
      tls: await selfSignedIdentity(),
    });
    const { address } = await datapath.listen({ transport: 'mux', address: { ip: '127.0.0.1', port: 0 } });
    const body = Buffer.from(Array.from({ length: 300_000 }, (_, i) => 65 + (i % 23)));
    const client = open(address.port);
    const answer = textUntilEnd(client);
    const sized = ['Connection: close', `Content-Length: ${body.length}`];
    client.write(requestText('POST', '/', sized));
    for (let sent = 0; sent < body.length; sent += 10_000) client.write(body.subarray(sent, sent + 10_000));
    const { port } = await new Promise<AddressInfo>((resolve) => {
      client.once('data', () => resolve(client.address() as AddressInfo));
    });
    assert.match(await answer, new RegExp(`${createHash('sha256').update(body).digest('hex')} ${port}`));
    http.close();
    await datapath.close();
  });
}
