import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeChannelData } from '@pinhole/protocol';
import { bytesOf } from './packets.ts';
import type { OpenBench } from './suite.ts';
import { until } from './until.ts';

/** An address that this machine does not have, as behind a 1:1 NAT: nothing sent to it would come back. */
const BEHIND_NAT = { externalIp: '192.0.2.1' };

export function hairpinFacts(open: OpenBench): void {
  for (const transport of ['udp', 'tls'] as const) {
    test(`carries ChannelData over ${transport} from one relay of its own to another, as from a peer`, async () => {
      await using bench = await open(BEHIND_NAT);
      const [a, b] = [await bench.relayed(transport), await bench.relayed(transport)];
      bench.bindChannel(a, 0x4001, b.relayedAddress);
      bench.permit(b, BEHIND_NAT.externalIp);
      bench.bindChannel(b, 0x4007, a.relayedAddress);
      a.end.send(encodeChannelData(0x4001, bytesOf('abcd'), { padded: true }));
      const message = Uint8Array.from(await b.end.received.next());
      assert.deepEqual(message, encodeChannelData(0x4007, bytesOf('abcd'), { padded: false }));
    });
  }

  test('applies the permissions of the receiving relay to its own other relays', async () => {
    await using bench = await open(BEHIND_NAT);
    const [a, b] = [await bench.relayed('udp'), await bench.relayed('udp')];
    bench.bindChannel(a, 0x4001, b.relayedAddress);
    a.end.send(encodeChannelData(0x4001, bytesOf('uninvited'), { padded: false }));
    await until('the drop was counted', () => bench.datapath.counters().dropped.noPermission === 1);
    assert.equal(bench.sink.datagrams.count, 0);
  });

  test('reports what one relay sends to another after send() has returned, never inside it', async () => {
    await using bench = await open(BEHIND_NAT);
    const [a, b] = [await bench.relayed('udp'), await bench.relayed('udp')];
    bench.permit(b, BEHIND_NAT.externalIp);
    const bytes = bytesOf('to the other');
    bench.datapath.send([{ to: 'peer', relay: a.relay, peer: b.relayedAddress, bytes }]);
    bytes.fill(0);
    assert.equal(bench.sink.datagrams.count, 0);
    const datagram = await bench.sink.datagrams.next();
    assert.deepEqual(datagram, { relay: b.relay, peer: a.relayedAddress, bytes: bytesOf('to the other') });
  });

  test('sends to other ports of its own external address over the network', async () => {
    await using bench = await open();
    const a = await bench.relayed('udp');
    const service = await bench.peer();
    bench.bindChannel(a, 0x4001, service.address);
    a.end.send(encodeChannelData(0x4001, bytesOf('a service beside us'), { padded: false }));
    assert.equal(String(await service.received.next()), 'a service beside us');
  });
}
