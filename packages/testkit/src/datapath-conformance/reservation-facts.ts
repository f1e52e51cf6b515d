import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FiveTuple } from '@pinhole/protocol';
import type { Bench } from './bench.ts';
import { openUdp } from './ends.ts';
import { bytesOf } from './packets.ts';
import type { OpenBench } from './suite.ts';
import { until } from './until.ts';

const SOMEBODY: FiveTuple = {
  transport: 'udp',
  clientAddress: { family: 4, ip: '127.0.0.1', port: 9 },
  serverAddress: { family: 4, ip: '127.0.0.1', port: 9 },
};
const REQUEST = { relay: 1, appId: 'demo', family: 4, port: 'evenAndNext', fiveTuple: SOMEBODY } as const;
/** Two ports, of which the lower one is even. */
const ONE_PAIR = { relay: { ip: '127.0.0.1', minPort: 60_100, maxPort: 60_101 } };

/** A port that is held for the second of two allocations (RFC 8656 §7.2). */
export function reservationFacts(open: OpenBench): void {
  test('opens an even port and holds the next for whoever brings its number', async () => {
    await using bench = await open(ONE_PAIR);
    assert.equal(await portOf(bench, REQUEST), 60_100);
    assert.equal(bench.datapath.counters().openRelays, 1);
    assert.equal(await portOf(bench, { ...REQUEST, relay: 2, port: 'any' }), 'noPorts');
    assert.equal(await portOf(bench, { ...REQUEST, relay: 3, port: 'any', reservedBy: 1 }), 60_101);
    assert.equal(await portOf(bench, { ...REQUEST, relay: 4, port: 'any', reservedBy: 1 }), 'noPorts');
    assert.equal(bench.datapath.counters().openRelays, 2);
  });

  test('counts what comes to a port that is only held, and relays once it is taken', async () => {
    await using bench = await open(ONE_PAIR);
    const first = await bench.relayed('udp', { port: 'evenAndNext' });
    const peer = await bench.peer();
    const held = { ...first.relayedAddress, port: 60_101 };
    peer.send(bytesOf('too early'), held);
    await until('the drop was counted', () => bench.datapath.counters().dropped.noPermission === 1);
    const taker = await bench.relayed('udp', { reservedBy: first.relay });
    assert.deepEqual(taker.relayedAddress, held);
    bench.permit(taker, '127.0.0.1');
    peer.send(bytesOf('in time'), held);
    const datagram = await bench.sink.datagrams.next();
    assert.deepEqual(datagram, { relay: taker.relay, peer: peer.address, bytes: bytesOf('in time') });
  });

  for (const change of ['releaseReservation', 'closeRelay'] as const) {
    test(`gives the port back with ${change}`, async () => {
      await using bench = await open(ONE_PAIR);
      await portOf(bench, REQUEST);
      bench.datapath.apply([{ change, relay: 1 }]);
      assert.equal(await portOf(bench, { ...REQUEST, relay: 2, port: 'any', reservedBy: 1 }), 'noPorts');
      const free = change === 'closeRelay' ? [60_100, 60_101] : [60_101];
      for (const relay of free)
        assert.ok(free.includes(Number(await portOf(bench, { ...REQUEST, relay, port: 'any' }))));
    });
  }

  test('a port that was taken stays with its new relay when the one that reserved it closes', async () => {
    await using bench = await open(ONE_PAIR);
    await portOf(bench, REQUEST);
    await portOf(bench, { ...REQUEST, relay: 2, port: 'any', reservedBy: 1 });
    bench.datapath.apply([{ change: 'closeRelay', relay: 1 }]);
    assert.equal(bench.datapath.counters().openRelays, 1);
    assert.equal(await portOf(bench, { ...REQUEST, relay: 3, port: 'any' }), 60_100);
  });

  test('answers noPorts, and keeps nothing, where the next port is taken or outside the range', async () => {
    const taken = await openUdp();
    const { port } = taken.address;
    const even = port - (port % 2);
    const range = port % 2 === 0 ? { minPort: even, maxPort: even } : { minPort: even, maxPort: even + 1 };
    await using bench = await open({ relay: { ip: '127.0.0.1', ...range } });
    bench.use(taken);
    assert.equal(await portOf(bench, REQUEST), 'noPorts');
    assert.equal(bench.datapath.counters().openRelays, 0);
    assert.equal(await portOf(bench, { ...REQUEST, relay: 2, port: 'any', reservedBy: 1 }), 'noPorts');
  });

  test('loses no port over many reservations, taken and not', async () => {
    await using bench = await open({ relay: { ip: '127.0.0.1', minPort: 60_200, maxPort: 60_207 } });
    for (let relay = 1; relay < 400; relay += 2) {
      assert.notEqual(await portOf(bench, { ...REQUEST, relay }), 'noPorts');
      if (relay % 3 === 0) await portOf(bench, { ...REQUEST, relay: relay + 1, port: 'any', reservedBy: relay });
      bench.datapath.apply([
        { change: 'closeRelay', relay },
        { change: 'closeRelay', relay: relay + 1 },
      ]);
    }
    for (let relay = 1001; relay <= 1008; relay += 1) {
      assert.notEqual(await portOf(bench, { ...REQUEST, relay, port: 'any' }), 'noPorts');
    }
  });
}

async function portOf(
  bench: Bench,
  request: Parameters<Bench['datapath']['openRelay']>[0],
): Promise<number | 'noPorts'> {
  const result = await bench.datapath.openRelay(request);
  if (result.outcome === 'opened') return result.relayedAddress.port;
  assert.equal(result.outcome, 'noPorts');
  return 'noPorts';
}
