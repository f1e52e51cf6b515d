import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ClientTransport, encodeChannelData } from '@pinhole/protocol';
import { bytesOf } from './packets.ts';
import type { OpenBench } from './suite.ts';
import { until } from './until.ts';

const TRANSPORTS: readonly ClientTransport[] = ['udp', 'tcp', 'tls'];

export function ruleFacts(open: OpenBench): void {
  for (const [from, to] of [
    ['udp', 'udp'],
    ['tls', 'udp'],
    ['udp', 'tcp'],
  ] as const) {
    test(`moves a relay with its channels from a client over ${from} to one over ${to}, and off the old one`, async () => {
      await using bench = await open();
      const before = await bench.relayed(from);
      const { end: after, fiveTuple } = await bench.relayed(to);
      const peer = await bench.peer();
      bench.permit(before, peer.address.ip);
      bench.bindChannel(before, 0x4001, peer.address);
      bench.datapath.apply([{ change: 'moveClient', relay: before.relay, fiveTuple }]);

      after.send(encodeChannelData(0x4001, bytesOf('from'), { padded: true }));
      assert.deepEqual(Uint8Array.from(await peer.received.next()), bytesOf('from'));
      peer.send(bytesOf('back'), before.relayedAddress);
      const message = Uint8Array.from(await after.received.next());
      assert.deepEqual(message, encodeChannelData(0x4001, bytesOf('back'), { padded: false }));
      before.end.send(encodeChannelData(0x4001, bytesOf('late'), { padded: true }));
      await until('the drop was counted', () => bench.datapath.counters().dropped.unboundChannel === 1);
    });
  }

  for (const transport of TRANSPORTS) {
    test(`relays ChannelData over ${transport} both ways without the sink`, async () => {
      await using bench = await open();
      const client = await bench.relayed(transport);
      const peer = await bench.peer();
      bench.permit(client, '127.0.0.1');
      bench.bindChannel(client, 0x4001, peer.address);
      client.end.send(encodeChannelData(0x4001, bytesOf('hello'), { padded: transport !== 'udp' }));
      assert.equal(String(await peer.received.next()), 'hello');
      peer.send(bytesOf('good day'), client.relayedAddress);
      const message = Uint8Array.from(await client.end.received.next());
      assert.deepEqual(message, encodeChannelData(0x4001, bytesOf('good day'), { padded: false }));
      assert.equal(bench.sink.messages.count + bench.sink.datagrams.count, 0);
    });
  }

  test('drops ChannelData of an unbound channel, of a client without a relay, and of a channel that is over', async () => {
    await using bench = await open();
    const client = await bench.relayed('udp');
    const stranger = await bench.client('udp');
    const peer = await bench.peer();
    const { dropped } = bench.datapath.counters();
    bench.bindChannel(client, 0x4001, peer.address, bench.now + 10);
    client.end.send(encodeChannelData(0x4002, bytesOf('unbound'), { padded: false }));
    await until('the unbound channel was counted', () => dropped.unboundChannel === 1);
    stranger.send(encodeChannelData(0x4001, bytesOf('not mine'), { padded: false }));
    await until('the stranger was counted', () => dropped.unboundChannel === 2);
    bench.now += 10;
    client.end.send(encodeChannelData(0x4001, bytesOf('over'), { padded: false }));
    await until('the channel that is over was counted', () => dropped.unboundChannel === 3);
    assert.equal(bench.datapath.counters().toPeers.packets, 0);
  });

  test('drops ChannelData that is shorter than it says', async () => {
    await using bench = await open();
    const client = await bench.relayed('udp');
    client.end.send(encodeChannelData(0x4001, bytesOf('cut short'), { padded: false }).subarray(0, -1));
    await until('the drop was counted', () => bench.datapath.counters().dropped.badChannelData === 1);
  });

  test('hands up what a permitted peer sends from any port without a channel', async () => {
    await using bench = await open();
    const client = await bench.relayed('udp');
    const peers = [await bench.peer(), await bench.peer()];
    bench.permit(client, '127.0.0.1');
    for (const peer of peers) {
      peer.send(bytesOf('no channel'), client.relayedAddress);
      const datagram = await bench.sink.datagrams.next();
      assert.deepEqual(datagram, { relay: client.relay, peer: peer.address, bytes: bytesOf('no channel') });
    }
  });

  test('relays empty datagrams both ways', async () => {
    await using bench = await open();
    const client = await bench.relayed('udp');
    const peer = await bench.peer();
    bench.permit(client, '127.0.0.1');
    bench.bindChannel(client, 0x4001, peer.address);
    client.end.send(encodeChannelData(0x4001, new Uint8Array(0), { padded: false }));
    assert.equal((await peer.received.next()).length, 0);
    peer.send(new Uint8Array(0), client.relayedAddress);
    assert.deepEqual(Uint8Array.from(await client.end.received.next()), Uint8Array.of(0x40, 0x01, 0, 0));
  });

  test('drops what a peer sends without a permission, with one for another address, and after its deadline', async () => {
    await using bench = await open();
    const client = await bench.relayed('udp');
    const peer = await bench.peer();
    const { dropped } = bench.datapath.counters();
    peer.send(bytesOf('too early'), client.relayedAddress);
    await until('the first was counted', () => dropped.noPermission === 1);
    bench.permit(client, '127.0.0.2');
    peer.send(bytesOf('not you'), client.relayedAddress);
    await until('the second was counted', () => dropped.noPermission === 2);
    bench.permit(client, '127.0.0.1', bench.now + 300_000);
    bench.now += 300_000;
    peer.send(bytesOf('too late'), client.relayedAddress);
    await until('the third was counted', () => dropped.noPermission === 3);
    assert.equal(bench.sink.datagrams.count, 0);
  });

  test('drops what the peer of a live channel sends once its permission is over', async () => {
    await using bench = await open();
    const client = await bench.relayed('udp');
    const peer = await bench.peer();
    bench.permit(client, '127.0.0.1', bench.now + 300_000);
    bench.bindChannel(client, 0x4001, peer.address, bench.now + 600_000);
    bench.now += 400_000;
    peer.send(bytesOf('no permission'), client.relayedAddress);
    await until('the drop was counted', () => bench.datapath.counters().dropped.noPermission === 1);
    client.end.send(encodeChannelData(0x4001, bytesOf('still bound'), { padded: false }));
    assert.equal(String(await peer.received.next()), 'still bound');
  });

  test('renews a rule that is installed again', async () => {
    await using bench = await open();
    const client = await bench.relayed('udp');
    const peer = await bench.peer();
    for (let round = 0; round < 3; round += 1) {
      bench.permit(client, '127.0.0.1', bench.now + 300_000);
      bench.bindChannel(client, 0x4001, peer.address, bench.now + 300_000);
      bench.now += 200_000;
    }
    peer.send(bytesOf('renewed'), client.relayedAddress);
    assert.deepEqual((await client.end.received.next()).subarray(4), Buffer.from('renewed'));
  });

  test('hands up a peer whose channel was removed, and drops it once its permission is removed too', async () => {
    await using bench = await open();
    const client = await bench.relayed('udp');
    const peer = await bench.peer();
    bench.permit(client, '127.0.0.1');
    bench.bindChannel(client, 0x4001, peer.address);
    bench.datapath.apply([{ change: 'removeChannel', relay: client.relay, channelNumber: 0x4001 }]);
    peer.send(bytesOf('by the slow way'), client.relayedAddress);
    assert.deepEqual((await bench.sink.datagrams.next()).bytes, bytesOf('by the slow way'));
    bench.datapath.apply([{ change: 'removePermission', relay: client.relay, peerIp: '127.0.0.1' }]);
    peer.send(bytesOf('no more'), client.relayedAddress);
    await until('the drop was counted', () => bench.datapath.counters().dropped.noPermission === 1);
  });

  test('keeps the rules of two relays apart', async () => {
    await using bench = await open();
    const [first, second] = [await bench.relayed('udp'), await bench.relayed('udp')];
    const peer = await bench.peer();
    bench.permit(first, '127.0.0.1');
    bench.bindChannel(first, 0x4001, peer.address);
    second.end.send(encodeChannelData(0x4001, bytesOf('not mine'), { padded: false }));
    peer.send(bytesOf('not permitted'), second.relayedAddress);
    const { dropped } = bench.datapath.counters();
    await until('both were counted', () => dropped.unboundChannel === 1 && dropped.noPermission === 1);
  });
}
