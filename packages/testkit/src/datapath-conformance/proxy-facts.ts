import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { type TransportAddress, transportAddress } from '@pinhole/protocol';
import type { Bench } from './bench.ts';
import { openTcp, type StreamEnd } from './ends.ts';
import { bindingRequest, bytesOf } from './packets.ts';
import type { OpenBench } from './suite.ts';
import { until } from './until.ts';

const CLIENT = transportAddress('203.0.113.9', 50_001);
const SERVER = transportAddress('198.51.100.1', 3478);
const LINE = bytesOf('PROXY TCP4 203.0.113.9 198.51.100.1 50001 3478\r\n');
const EXTENSION = '04000568656c6c6f';
const BINARY = Uint8Array.from(
  Buffer.from(`0d0a0d0a000d0a515549540a21110014cb007109c6336401c3510d96${EXTENSION}`, 'hex'),
);
const LOCAL = Uint8Array.from(Buffer.from('0d0a0d0a000d0a515549540a20000000', 'hex'));

/** The PROXY protocol in front of TURN; every client connects from loopback, which is the proxy where it is listed. */
export function proxyFacts(open: OpenBench): void {
  for (const [version, header] of [
    ['version 1', LINE],
    ['version 2', BINARY],
  ] as const) {
    for (const transport of ['tcp', 'mux'] as const) {
      test(`takes the client's address from a ${version} header on a ${transport} port`, async () => {
        await using bench = await open();
        const client = bench.use(await openTcp(await listenToProxy(bench, transport)));
        client.send(Buffer.concat([header, bindingRequest(1)]));
        const { fiveTuple, bytes } = await bench.sink.messages.next();
        assert.deepEqual(bytes, bindingRequest(1));
        assert.deepEqual(fiveTuple, { transport: 'tcp', clientAddress: CLIENT, serverAddress: SERVER });
      });
    }

    test(`takes a ${version} header before TLS, and answers that client`, async () => {
      await using bench = await open();
      const client = bench.use(await openTcp(await listenToProxy(bench, 'mux')));
      client.send(header);
      const secure = connectTls({ socket: client.socket, rejectUnauthorized: false });
      secure.write(bindingRequest(2));
      const { fiveTuple } = await bench.sink.messages.next();
      assert.deepEqual(fiveTuple, { transport: 'tls', clientAddress: CLIENT, serverAddress: SERVER });
      bench.datapath.send([{ to: 'client', fiveTuple, bytes: bindingRequest(3) }]);
      const [answer] = await once(secure, 'data');
      assert.deepEqual(Uint8Array.from(answer), bindingRequest(3));
    });

    test(`puts a ${version} header together that comes byte by byte`, async () => {
      await using bench = await open();
      const client = bench.use(await openTcp(await listenToProxy(bench, 'tcp')));
      for (const byte of Buffer.concat([header, bindingRequest(4)])) client.send(Uint8Array.of(byte));
      assert.deepEqual((await bench.sink.messages.next()).fiveTuple.clientAddress, CLIENT);
    });

    test(`closes a connection with a ${version} header from an address that is not listed`, async () => {
      await using bench = await open();
      const client = bench.use(await openTcp(await listenToProxy(bench, 'tcp', ['192.0.2.0/24'])));
      client.send(Buffer.concat([header, bindingRequest()]));
      await endsAs(bench, client, 'unknownProtocol');
    });
  }

  test('serves a proxy that speaks for itself by its own address', async () => {
    await using bench = await open();
    const client = bench.use(await openTcp(await listenToProxy(bench, 'tcp')));
    client.send(Buffer.concat([LOCAL, bindingRequest(5)]));
    assert.deepEqual((await bench.sink.messages.next()).fiveTuple.clientAddress, client.address);
  });

  for (const [what, bytes] of [
    ['no header', bindingRequest()],
    ['a Unix socket', Uint8Array.from(Buffer.from('0d0a0d0a000d0a515549540a21310000', 'hex'))],
    ['an unspecified client', Uint8Array.from(Buffer.from('0d0a0d0a000d0a515549540a21000000', 'hex'))],
    ['an unknown client', bytesOf('PROXY UNKNOWN\r\n')],
    ['a line that does not end', bytesOf('PROXY TCP4 '.padEnd(107, '1'))],
  ] as const) {
    test(`closes a connection that brings ${what} from a proxy`, async () => {
      await using bench = await open();
      const client = bench.use(await openTcp(await listenToProxy(bench, 'tcp')));
      client.send(bytes);
      await endsAs(bench, client, 'badProxyHeader');
      assert.equal(bench.sink.messages.count, 0);
    });
  }

  for (const [what, bytes] of [
    ['says nothing', undefined],
    ['stops inside its header', BINARY.subarray(0, 20)],
  ] as const) {
    test(`closes a connection from a proxy that ${what} for 3 s`, async (context) => {
      context.mock.timers.enable({ apis: ['setInterval'] });
      await using bench = await open();
      const client = bench.use(await openTcp(await listenToProxy(bench, 'tcp')));
      if (bytes !== undefined) client.send(bytes);
      const ended = once(client.socket, 'close');
      await until('the connection was ended', () => {
        bench.now += 100;
        context.mock.timers.tick(1_000);
        return bench.datapath.counters().endedStreams.badProxyHeader === 1;
      });
      await ended;
      assert.ok(bench.now < 1_010_000, 'before the limit of silence');
    });
  }
}

async function listenToProxy(
  bench: Bench,
  transport: 'tcp' | 'mux',
  proxyProtocolFrom: readonly string[] = ['127.0.0.0/8'],
): Promise<TransportAddress> {
  const bind = { ip: '127.0.0.1', port: 0 };
  return (await bench.datapath.listen({ transport, address: bind, proxyProtocolFrom })).address;
}

async function endsAs(bench: Bench, { socket }: StreamEnd, reason: 'badProxyHeader' | 'unknownProtocol') {
  await once(socket, 'close');
  await until(`the end was counted as ${reason}`, () => bench.datapath.counters().endedStreams[reason] === 1);
}
