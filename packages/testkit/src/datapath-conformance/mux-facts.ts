import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { EdgeError } from '@pinhole/edge';
import type { TransportAddress } from '@pinhole/protocol';
import { issueTestCertificates } from '../lab/certificates.ts';
import type { Bench } from './bench.ts';
import { openTcp, openTls } from './ends.ts';
import { bindingRequest, bytesOf } from './packets.ts';
import type { OpenBench } from './suite.ts';
import { until } from './until.ts';

const REQUEST = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n';

export function muxFacts(open: OpenBench): void {
  test('hands over plain HTTP with nothing lost', async () => {
    await using bench = await open();
    const client = bench.use(await openTcp(await bench.listen('mux')));
    client.send(bytesOf(REQUEST));
    const { socket, secure } = await bench.sink.http.next();
    assert.equal(secure, false);
    assert.equal(await textOf(socket, REQUEST.length), REQUEST);
  });

  test('hands over HTTP inside TLS without ALPN with nothing lost', async () => {
    await using bench = await open();
    const client = bench.use(await openTls(await bench.listen('mux')));
    client.send(bytesOf(REQUEST));
    const { socket, secure } = await bench.sink.http.next();
    assert.equal(secure, true);
    assert.equal(socket.remotePort, client.address.port);
    assert.equal(await textOf(socket, REQUEST.length), REQUEST);
  });

  test('agrees on http/1.1 with a client that offers h2 as well', async () => {
    await using bench = await open();
    const client = bench.use(await openTls(await bench.listen('mux'), { ALPNProtocols: ['h2', 'http/1.1'] }));
    client.send(bytesOf(REQUEST));
    const { socket, secure } = await bench.sink.http.next();
    assert.equal(secure, true);
    assert.equal((client.socket as TLSSocket).alpnProtocol, 'http/1.1');
    assert.equal(await textOf(socket, REQUEST.length), REQUEST);
  });

  // The offers of Debian's coturn clients: what is said decides, not what was offered.
  for (const offer of [['stun.turn'], ['http/1.1', 'stun.turn', 'stun.nat-discovery'], ['http/1.1']]) {
    test(`takes STUN as TURN over TLS from a client that offers ${offer.join(', ')}`, async () => {
      await using bench = await open();
      const client = bench.use(await openTls(await bench.listen('mux'), { ALPNProtocols: offer }));
      client.send(bindingRequest(3));
      const { fiveTuple, bytes } = await bench.sink.messages.next();
      assert.deepEqual(bytes, bindingRequest(3));
      assert.equal(fiveTuple.transport, 'tls');
      const agreed = offer.includes('stun.turn') ? 'stun.turn' : 'http/1.1';
      assert.equal((client.socket as TLSSocket).alpnProtocol, agreed);
    });
  }

  test('takes STUN in the clear as TURN over TCP', async () => {
    await using bench = await open();
    const client = bench.use(await openTcp(await bench.listen('mux')));
    client.send(bindingRequest(4));
    assert.equal((await bench.sink.messages.next()).fiveTuple.transport, 'tcp');
  });

  test('finishes a handshake whose ClientHello comes byte by byte', async () => {
    await using bench = await open();
    const client = await openTlsByteByByte(await bench.listen('mux'));
    client.write(bindingRequest(5));
    assert.deepEqual((await bench.sink.messages.next()).bytes, bindingRequest(5));
    client.destroy();
  });

  const refused: readonly (readonly [string, ConnectionOptions])[] = [
    ['offers only h2', { ALPNProtocols: ['h2'] }],
    ['speaks only TLS 1.1', { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }],
  ];
  for (const [what, options] of refused) {
    test(`refuses a client that ${what}, and counts it`, async () => {
      await using bench = await open();
      await assert.rejects(openTls(await bench.listen('mux'), options));
      await counted(bench, 'tlsFailed');
    });
  }

  test('counts a client that leaves in the middle of the handshake, and reports no fault', async () => {
    await using bench = await open();
    const client = bench.use(await openTcp(await bench.listen('mux')));
    client.socket.write(Uint8Array.of(22, 3, 1, 2, 0, 1), () => client.socket.resetAndDestroy());
    await counted(bench, 'tlsFailed');
    assert.deepEqual(bench.sink.faults, []);
  });

  for (const [what, firstByte] of [
    ['an SSLv2 hello', 0x80],
    ['ChannelData before any STUN', 0x40],
    ['zero bits and no sense', 0x07],
  ] as const) {
    test(`closes a connection that begins with ${what}`, async () => {
      await using bench = await open();
      const client = bench.use(await openTcp(await bench.listen('mux')));
      client.send(Uint8Array.of(firstByte, 0, 0, 0));
      await once(client.socket, 'close');
      await counted(bench, 'unknownProtocol');
    });
  }

  test('serves new connections with a replaced certificate, and keeps the old ones', async () => {
    await using bench = await open();
    const server = await bench.listen('mux');
    const before = bench.use(await openTls(server));
    const next = await issueTestCertificates(['127.0.0.1']);
    bench.datapath.setTls(next);
    const after = bench.use(await openTls(server, { ca: next.ca, rejectUnauthorized: true }));
    assert.equal((after.socket as TLSSocket).authorized, true);
    before.send(bindingRequest(6));
    assert.deepEqual((await bench.sink.messages.next()).bytes, bindingRequest(6));
  });

  test('keeps its certificate where the new one cannot be used', async () => {
    await using bench = await open();
    const server = await bench.listen('mux');
    const { cert } = await issueTestCertificates(['127.0.0.1']);
    const { key } = await issueTestCertificates(['127.0.0.1']);
    assert.throws(() => bench.datapath.setTls({ cert, key }), EdgeError);
    assert.throws(() => bench.datapath.setTls({ cert: 'no certificate', key: 'no key' }), EdgeError);
    const client = bench.use(await openTls(server));
    client.send(bindingRequest(8));
    assert.deepEqual((await bench.sink.messages.next()).bytes, bindingRequest(8));
  });
}

async function counted(bench: Bench, reason: 'tlsFailed' | 'unknownProtocol'): Promise<void> {
  await until(`the end was counted as ${reason}`, () => bench.datapath.counters().endedStreams[reason] === 1);
}

async function textOf(socket: Socket, byteLength: number): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  await until('the whole request could be read', () => text.length >= byteLength);
  return text;
}

/** Runs the handshake through a socket that sends every byte in a segment of its own. */
async function openTlsByteByByte(server: TransportAddress): Promise<TLSSocket> {
  const { socket } = await openTcp(server);
  const slow = new Duplex({
    read: () => {},
    write: (chunk: Uint8Array, _encoding, done) => {
      for (const byte of chunk) socket.write(Uint8Array.of(byte));
      done();
    },
    destroy: (error, done) => {
      socket.destroy();
      done(error);
    },
  });
  socket.on('data', (chunk) => slow.push(chunk));
  const tlsSocket = connectTls({ socket: slow, rejectUnauthorized: false });
  await once(tlsSocket, 'secureConnect');
  return tlsSocket;
}
