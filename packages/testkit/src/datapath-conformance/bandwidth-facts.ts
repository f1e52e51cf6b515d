import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeChannelData } from '@pinhole/protocol';
import type { Bench, RelayedClient } from './bench.ts';
import type { End } from './ends.ts';
import { sendIndication } from './packets.ts';
import type { OpenBench } from './suite.ts';
import { until } from './until.ts';

/** A second's worth is more than the least burst, so that it is the burst. */
const RATE = 100_000;
const PACKET = new Uint8Array(10_000);

export function bandwidthFacts(open: OpenBench): void {
  test('drops and counts what an allocation sends beyond its bandwidth, and goes on when there is room', async () => {
    await using bench = await open();
    bench.datapath.setLimits({ bytesPerSecondPerAllocation: RATE });
    const { client } = await pairOf(bench);
    await sendFromClient(bench, client, 12);
    const { dropped, toPeers } = bench.datapath.counters();
    assert.deepEqual([toPeers.packets, dropped.rateLimited], [10, 2]);
    bench.now += 200;
    await sendFromClient(bench, client, 4);
    assert.deepEqual([toPeers.packets, dropped.rateLimited], [12, 4]);
  });

  test('gives what peers send a budget of its own', async () => {
    await using bench = await open();
    bench.datapath.setLimits({ bytesPerSecondPerAllocation: RATE });
    const { client, peer } = await pairOf(bench);
    await sendFromClient(bench, client, 11);
    for (let sent = 0; sent < 11; sent += 1) {
      peer.send(PACKET, client.relayedAddress);
      await until('the packet was counted', () => bench.datapath.counters().fromPeers.packets === sent + 1);
    }
    await until('the last was decided', () => bench.datapath.counters().toClients.packets === 10);
    assert.equal(bench.datapath.counters().dropped.rateLimited, 2);
  });

  test('counts Send indications, and what peers send without a channel, into the same budgets', async () => {
    await using bench = await open();
    bench.datapath.setLimits({ bytesPerSecondPerAllocation: RATE });
    const { client, peer } = await pairOf(bench);
    const other = await bench.peer();
    const { relay } = client;
    client.end.send(sendIndication(PACKET));
    await bench.sink.messages.next();
    for (let sent = 0; sent < 11; sent += 1) {
      bench.datapath.send([{ to: 'peer', relay, peer: peer.address, bytes: PACKET }]);
      other.send(PACKET, client.relayedAddress);
      await until('the packet was counted', () => bench.datapath.counters().fromPeers.packets === sent + 1);
    }
    await until('ten were sent', () => bench.datapath.counters().toPeers.packets === 10);
    assert.equal(bench.sink.datagrams.count, 10);
    assert.equal(bench.datapath.counters().dropped.rateLimited, 2);
  });

  test('bounds all allocations of an app together, and no other app', async () => {
    await using bench = await open();
    bench.datapath.setLimits({ bytesPerSecondPerApp: RATE });
    const [a, b, other] = [await pairOf(bench, 'demo'), await pairOf(bench, 'demo'), await pairOf(bench, 'other')];
    await sendFromClient(bench, a.client, 6);
    await sendFromClient(bench, b.client, 6);
    const { dropped, toPeers } = bench.datapath.counters();
    assert.deepEqual([toPeers.packets, dropped.rateLimited], [10, 2]);
    await sendFromClient(bench, other.client, 10);
    assert.deepEqual([toPeers.packets, dropped.rateLimited], [20, 2]);
  });

  test('a new allocation of an app does not refill the budget of the app', async () => {
    await using bench = await open();
    bench.datapath.setLimits({ bytesPerSecondPerApp: RATE });
    const first = await pairOf(bench);
    await sendFromClient(bench, first.client, 10);
    bench.datapath.apply([{ change: 'closeRelay', relay: first.client.relay }]);
    const second = await pairOf(bench);
    await sendFromClient(bench, second.client, 1);
    assert.equal(bench.datapath.counters().dropped.rateLimited, 1);
  });

  test('takes new limits for allocations that are open', async () => {
    await using bench = await open();
    const { client } = await pairOf(bench);
    await sendFromClient(bench, client, 20);
    bench.datapath.setLimits({ bytesPerSecondPerAllocation: RATE });
    await sendFromClient(bench, client, 11);
    assert.equal(bench.datapath.counters().dropped.rateLimited, 1);
    bench.datapath.setLimits({});
    await sendFromClient(bench, client, 5);
    assert.equal(bench.datapath.counters().dropped.rateLimited, 1);
  });
}

async function pairOf(bench: Bench, appId = 'demo'): Promise<{ client: RelayedClient; peer: End }> {
  const client = await bench.relayed('udp', { appId });
  const peer = await bench.peer();
  bench.permit(client, '127.0.0.1');
  bench.bindChannel(client, 0x4001, peer.address);
  return { client, peer };
}

/** One by one, because loopback loses what is sent faster than it is read. */
async function sendFromClient(bench: Bench, { end }: RelayedClient, count: number): Promise<void> {
  const { fromClients, toPeers, dropped } = bench.datapath.counters();
  for (let sent = 0; sent < count; sent += 1) {
    end.send(encodeChannelData(0x4001, PACKET, { padded: false }));
    const before = fromClients.packets;
    await until('the packet had come in', () => fromClients.packets === before + 1);
    await until('it went out or was dropped', () => toPeers.packets + dropped.rateLimited === fromClients.packets);
  }
}
