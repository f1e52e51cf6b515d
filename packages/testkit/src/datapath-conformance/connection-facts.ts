import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import type { StreamEndReason } from '@pinhole/edge';
import type { TransportAddress } from '@pinhole/protocol';
import type { Bench } from './bench.ts';
import { openTcp, openTls, type StreamEnd } from './ends.ts';
import { bindingRequest, bytesOf } from './packets.ts';
import type { OpenBench } from './suite.ts';
import { until } from './until.ts';

/** How many connections one client, and all together, may hold. Every client here connects from 127.0.0.1. */
export function connectionFacts(open: OpenBench): void {
  for (const [what, limits, reason] of [
    ['all clients', { connections: 3, connectionsPerIp: 9 }, 'tooManyConnections'],
    ['one client', { connections: 9, connectionsPerIp: 3 }, 'tooManyFromClient'],
  ] as const) {
    test(`closes and counts what is beyond the connections of ${what}, and keeps those that there are`, async () => {
      await using bench = await open();
      bench.datapath.setLimits(limits);
      const server = await bench.listen('mux');
      const silent = bench.use(await openTcp(server));
      const turn = bench.use(await openTls(server));
      const web = bench.use(await openTcp(server));
      web.send(bytesOf('GET / HTTP/1.1\r\n'));
      await bench.sink.http.next();
      await refused(bench, server, reason);
      turn.send(bindingRequest(1));
      assert.deepEqual((await bench.sink.messages.next()).bytes, bindingRequest(1));
      silent.close();
      await served(bench, server);
    });
  }

  test('counts the clients of a proxy one by one, and the proxy itself not at all', async () => {
    await using bench = await open();
    bench.datapath.setLimits({ connections: 9, connectionsPerIp: 1 });
    const address = { ip: '127.0.0.1', port: 0 };
    const proxied = { transport: 'tcp', address, proxyProtocolFrom: ['127.0.0.1'] } as const;
    const { address: server } = await bench.datapath.listen(proxied);
    const connect = async (clientIp: string): Promise<StreamEnd> => {
      const client = bench.use(await openTcp(server));
      client.send(bytesOf(`PROXY TCP4 ${clientIp} 198.51.100.1 5000 3478\r\n`));
      client.send(bindingRequest());
      return client;
    };
    for (const ip of ['203.0.113.1', '203.0.113.2']) {
      await connect(ip);
      assert.equal((await bench.sink.messages.next()).fiveTuple.clientAddress.ip, ip);
    }
    const second = await connect('203.0.113.2');
    await once(second.socket, 'close');
    assert.equal(bench.datapath.counters().endedStreams.tooManyFromClient, 1);
  });
}

async function refused(bench: Bench, server: TransportAddress, reason: StreamEndReason): Promise<void> {
  const client = bench.use(await openTcp(server));
  const [hadError] = await once(client.socket, 'close');
  assert.equal(hadError, false, 'closed, not reset');
  assert.equal(bench.datapath.counters().endedStreams[reason], 1);
}

/** A place is given back when the relay has seen the end of the connection, a moment after its client. */
async function served(bench: Bench, server: TransportAddress): Promise<void> {
  while (bench.sink.messages.count === 0) {
    const client = bench.use(await openTcp(server));
    client.send(bindingRequest(2));
    await until('it was served or closed', () => client.socket.destroyed || bench.sink.messages.count > 0);
  }
}
