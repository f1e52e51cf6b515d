import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeChannelData } from '@pinhole/protocol';
import { skipIpv6 } from './ipv6.ts';
import { bytesOf } from './packets.ts';
import type { OpenBench } from './suite.ts';
import { until } from './until.ts';

const BOTH = { relay: { ip: '127.0.0.1', ipv6: '::1', minPort: 49152, maxPort: 65535 } };
const BEHIND_NAT = { ...BOTH, externalIp: '192.0.2.1', externalIpv6: '2001:db8::1' };

/** Relayed addresses of IPv4, of IPv6, and of both for one client. */
export function familyFacts(open: OpenBench): void {
  for (const transport of ['udp', 'tls'] as const) {
    test(`relays between a client over ${transport} and an IPv6 peer`, { skip: skipIpv6 }, async () => {
      await using bench = await open(BOTH);
      const client = await bench.relayed(transport, { family: 6 });
      assert.equal(client.relayedAddress.ip, '::1');
      const peer = await bench.peer('::1');
      bench.permit(client, '::1');
      bench.bindChannel(client, 0x4001, peer.address);
      client.end.send(encodeChannelData(0x4001, bytesOf('to six'), { padded: true }));
      assert.equal(String(await peer.received.next()), 'to six');
      peer.send(bytesOf('from six'), client.relayedAddress);
      assert.deepEqual((await client.end.received.next()).subarray(4, 12), Buffer.from('from six'));
    });
  }

  test('hands up what an IPv6 peer sends without a channel, and sends to it', { skip: skipIpv6 }, async () => {
    await using bench = await open(BOTH);
    const client = await bench.relayed('udp', { family: 6 });
    const { relay } = client;
    const peer = await bench.peer('::1');
    peer.send(bytesOf('uninvited'), client.relayedAddress);
    await until('the drop was counted', () => bench.datapath.counters().dropped.noPermission === 1);
    bench.permit(client, '::1');
    peer.send(bytesOf('invited'), client.relayedAddress);
    const datagram = await bench.sink.datagrams.next();
    assert.deepEqual(datagram, { relay, peer: peer.address, bytes: bytesOf('invited') });
    bench.datapath.send([{ to: 'peer', relay, peer: peer.address, bytes: bytesOf('answer') }]);
    assert.equal(String(await peer.received.next()), 'answer');
  });

  test('opens an address of each family for one client, and relays over both', { skip: skipIpv6 }, async () => {
    await using bench = await open(BOTH);
    const client = await bench.relayed('udp', { additionalFamily: 6 });
    assert.equal(bench.datapath.counters().openRelays, 2);
    const addresses = [client.relayedAddress, client.additional];
    const peers = [await bench.peer(), await bench.peer('::1')];
    for (const [i, peer] of peers.entries()) {
      bench.permit(client, peer.address.ip);
      bench.bindChannel(client, 0x4000 + i, peer.address);
      client.end.send(encodeChannelData(0x4000 + i, bytesOf('hello'), { padded: false }));
      assert.equal(String(await peer.received.next()), 'hello');
      peer.send(bytesOf('good day'), addresses[i]);
      const message = Uint8Array.from(await client.end.received.next());
      assert.deepEqual(message, encodeChannelData(0x4000 + i, bytesOf('good day'), { padded: false }));
    }
  });

  test('closes the address of one family with its rules, and leaves the other', { skip: skipIpv6 }, async () => {
    await using bench = await open(BOTH);
    const client = await bench.relayed('udp', { additionalFamily: 6 });
    const peer = await bench.peer();
    bench.permit(client, '127.0.0.1');
    bench.bindChannel(client, 0x4000, peer.address);
    bench.bindChannel(client, 0x4001, { family: 6, ip: '::1', port: 9 });
    bench.datapath.apply([{ change: 'closeRelay', relay: client.relay, family: 6 }]);
    assert.equal(bench.datapath.counters().openRelays, 1);
    client.end.send(encodeChannelData(0x4001, bytesOf('to nowhere'), { padded: false }));
    await until('the drop was counted', () => bench.datapath.counters().dropped.unboundChannel === 1);
    client.end.send(encodeChannelData(0x4000, bytesOf('still here'), { padded: false }));
    assert.equal(String(await peer.received.next()), 'still here');
    bench.datapath.apply([{ change: 'closeRelay', relay: client.relay, family: 4 }]);
    assert.equal(bench.datapath.counters().openRelays, 0);
    client.end.send(encodeChannelData(0x4000, bytesOf('gone'), { padded: false }));
    await until('the drop was counted', () => bench.datapath.counters().dropped.unboundChannel === 2);
  });

  test('opens what it can where one of two families cannot be had', async () => {
    await using bench = await open();
    const client = await bench.client('udp');
    const fiveTuple = { transport: 'udp', clientAddress: client.address, serverAddress: client.address } as const;
    const request = { appId: 'demo', port: 'any', fiveTuple } as const;
    const mixed = await bench.datapath.openRelay({ ...request, relay: 1, family: 4, additionalFamily: 6 });
    assert.equal(mixed.outcome, 'opened');
    assert.deepEqual(mixed.additional, { outcome: 'familyNotSupported' });
    const reverse = await bench.datapath.openRelay({ ...request, relay: 2, family: 6, additionalFamily: 4 });
    assert.equal(reverse.outcome, 'familyNotSupported');
    assert.equal(reverse.additional?.outcome, 'opened');
    assert.equal(bench.datapath.counters().openRelays, 2);
  });

  test('tells the external addresses of both families, and joins its own relays by them', {
    skip: skipIpv6,
  }, async () => {
    await using bench = await open(BEHIND_NAT);
    const [a, b] = [await bench.relayed('udp', { additionalFamily: 6 }), await bench.relayed('udp', { family: 6 })];
    assert.deepEqual([a.relayedAddress.ip, a.additional?.ip], ['192.0.2.1', '2001:db8::1']);
    bench.bindChannel(a, 0x4001, b.relayedAddress);
    bench.permit(b, '2001:db8::1');
    bench.bindChannel(b, 0x4007, a.additional ?? b.relayedAddress);
    a.end.send(encodeChannelData(0x4001, bytesOf('abcd'), { padded: true }));
    const message = Uint8Array.from(await b.end.received.next());
    assert.deepEqual(message, encodeChannelData(0x4007, bytesOf('abcd'), { padded: false }));
  });
}
