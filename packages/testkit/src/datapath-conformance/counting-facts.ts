import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DatapathCounters } from '@pinhole/edge';
import { encodeChannelData } from '@pinhole/protocol';
import type { Bench, RelayedClient } from './bench.ts';
import type { End } from './ends.ts';
import { bytesOf, dataIndication, sendIndication } from './packets.ts';
import { seededRandom } from './seeded-random.ts';
import type { OpenBench } from './suite.ts';
import { until } from './until.ts';

const PACKETS = 400;
const SEED = 20_261_122;

export function countingFacts(open: OpenBench): void {
  test('counts application data only, in ChannelData and in indications alike', async () => {
    await using bench = await open();
    const client = await bench.relayed('udp');
    const { relay, fiveTuple } = client;
    const peer = await bench.peer();
    bench.permit(client, '127.0.0.1');
    client.end.send(sendIndication(bytesOf('12345')));
    await bench.sink.messages.next();
    bench.datapath.send([{ to: 'peer', relay, peer: peer.address, bytes: bytesOf('12345') }]);
    await peer.received.next();
    peer.send(bytesOf('123'), client.relayedAddress);
    await bench.sink.datagrams.next();
    bench.datapath.send([{ to: 'client', fiveTuple, bytes: dataIndication(bytesOf('123')) }]);
    await client.end.received.next();
    bench.bindChannel(client, 0x4000, peer.address);
    client.end.send(encodeChannelData(0x4000, bytesOf('12345678'), { padded: false }));
    await peer.received.next();
    const { fromClients, toPeers, fromPeers, toClients } = bench.datapath.counters();
    assert.deepEqual([fromClients, toPeers], Array(2).fill({ packets: 2, bytes: 13 }));
    assert.deepEqual([fromPeers, toClients], Array(2).fill({ packets: 1, bytes: 3 }));
  });

  for (const transport of ['udp', 'tcp'] as const) {
    test(`balances its books over ${transport}: what came in went out or was dropped for a reason`, async () => {
      await using bench = await open();
      const clients = [await bench.relayed(transport), await bench.relayed(transport)];
      const peer = await bench.peer();
      const random = seededRandom(SEED);
      for (const client of clients) {
        bench.bindChannel(client, 0x4000, peer.address);
        bench.bindChannel(client, 0x4001, { ...peer.address, port: 0 });
      }
      bench.permit(clients[0] as RelayedClient, '127.0.0.1');
      for (let sent = 0; sent < PACKETS; sent += 1) {
        sendOne(clients[sent % 2] as RelayedClient, peer, random);
        // Loopback loses what is sent faster than it is read; here every packet must arrive.
        await until('the packet had come in', () => cameIn(bench) === sent + 1);
      }
      await until('the books balanced', () => cameIn(bench) === wentOut(bench.datapath.counters()));
      const { dropped, toClients, toPeers } = bench.datapath.counters();
      for (const reason of ['unboundChannel', 'noPermission', 'sendFailed'] as const) assert.ok(dropped[reason] > 0);
      assert.ok(toClients.packets > 0 && toPeers.packets > 0);
    });
  }
}

function sendOne({ end, relayedAddress }: RelayedClient, peer: End, random: () => number): void {
  const data = new Uint8Array(Math.floor(random() * 1200));
  if (random() < 0.3) return peer.send(data, relayedAddress);
  const channelNumber = 0x4000 + Math.floor(random() * 3);
  end.send(encodeChannelData(channelNumber, data, { padded: true }));
}

function cameIn(bench: Bench): number {
  const { fromClients, fromPeers } = bench.datapath.counters();
  return fromClients.packets + fromPeers.packets;
}

/** `notTurn` and `badChannelData` are of packets that never were in the books. */
function wentOut({ toPeers, toClients, dropped: { notTurn, badChannelData, ...booked } }: DatapathCounters): number {
  return toPeers.packets + toClients.packets + Object.values(booked).reduce((sum, count) => sum + count, 0);
}
