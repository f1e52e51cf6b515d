import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FiveTuple } from '@pinhole/protocol';
import type { Bench } from './bench.ts';
import type { StreamEnd } from './ends.ts';
import { bindingRequest, dataIndication, largeAnswer } from './packets.ts';
import type { OpenBench } from './suite.ts';

const LARGE = dataIndication(new Uint8Array(60_000));

/** What becomes of packets for a client over TCP or TLS that does not read, or reads late. */
export function slowReaderFacts(open: OpenBench): void {
  test('drops data for a client that does not read, keeps answers, and ends the stream where those pile up too', async () => {
    await using bench = await open();
    const { end, fiveTuple } = await bench.relayed('tcp');
    (end as StreamEnd).socket.pause();
    const { dropped, endedStreams } = bench.datapath.counters();
    const data = dataIndication(new Uint8Array(60_000));
    for (let sent = 0; sent < 1_000 && dropped.egressFull === 0; sent += 1) {
      bench.datapath.send([{ to: 'client', fiveTuple, bytes: data }]);
    }
    assert.equal(dropped.egressFull, 1);
    bench.datapath.send([{ to: 'client', fiveTuple, bytes: bindingRequest(1) }]);
    assert.equal(endedStreams.egressFull, 0);
    const answer = largeAnswer(60_000);
    for (let sent = 0; sent < 1_000 && endedStreams.egressFull === 0; sent += 1) {
      bench.datapath.send([{ to: 'client', fiveTuple, bytes: answer }]);
    }
    assert.equal(endedStreams.egressFull, 1);
    assert.deepEqual(await bench.sink.gone.next(), fiveTuple);
  });

  test('sends what had to wait for a slow reader as it was, whatever became of the bytes meanwhile', async () => {
    await using bench = await open();
    const { end, fiveTuple } = await bench.relayed('tcp');
    const { socket } = end as StreamEnd;
    socket.pause();
    const data = dataIndication(new Uint8Array(60_000));
    for (let sent = 0; sent < 1_000 && bench.datapath.counters().dropped.egressFull === 0; sent += 1) {
      bench.datapath.send([{ to: 'client', fiveTuple, bytes: data }]);
    }
    const answer = bindingRequest(5);
    bench.datapath.send([{ to: 'client', fiveTuple, bytes: answer }]);
    answer.fill(0xff);
    socket.resume();
    let message = await end.received.next();
    while (message.length > answer.length) message = await end.received.next();
    assert.deepEqual(Uint8Array.from(message), bindingRequest(5));
  });

  for (const transport of ['tcp', 'tls'] as const) {
    test(`drops what waited too long for a slow ${transport} reader, whole, and keeps answers and what is new`, async () => {
      await using bench = await open();
      bench.datapath.setLimits({ streamEgressMillis: 500 });
      const { end, fiveTuple } = await bench.relayed(transport);
      const { socket } = end as StreamEnd;
      socket.pause();
      const sent = fill(bench, fiveTuple);
      bench.datapath.send([{ to: 'client', fiveTuple, bytes: bindingRequest(6) }]);
      bench.now += 501;
      const fresh = dataIndication(new Uint8Array(8).fill(7));
      bench.datapath.send([{ to: 'client', fiveTuple, bytes: fresh }]);
      const { dropped, toClients } = bench.datapath.counters();
      assert.ok(dropped.egressStale > 10, `${dropped.egressStale} were too old`);
      socket.resume();
      const received = await readUntil(end as StreamEnd, fresh.length);
      assert.deepEqual(received.last, fresh);
      assert.deepEqual(received.answers, [bindingRequest(6)]);
      assert.equal(received.large + dropped.egressStale + dropped.egressFull, sent);
      assert.equal(toClients.packets, received.large + 1);
    });
  }

  test('drops nothing that waited shorter than the limit', async () => {
    await using bench = await open();
    bench.datapath.setLimits({ streamEgressMillis: 500 });
    const { end, fiveTuple } = await bench.relayed('tcp');
    (end as StreamEnd).socket.pause();
    fill(bench, fiveTuple);
    bench.now += 500;
    bench.datapath.send([{ to: 'client', fiveTuple, bytes: bindingRequest() }]);
    assert.equal(bench.datapath.counters().dropped.egressStale, 0);
  });

  test('counts what still waited when the client went', async () => {
    await using bench = await open();
    const { end, fiveTuple } = await bench.relayed('tcp');
    (end as StreamEnd).socket.pause();
    const sent = fill(bench, fiveTuple);
    end.close();
    await bench.sink.gone.next();
    const { toClients, dropped } = bench.datapath.counters();
    assert.ok(dropped.clientGone > 10, `${dropped.clientGone} were waiting`);
    assert.equal(toClients.packets + dropped.clientGone + dropped.egressFull, sent);
  });
}

/** Sends large data until no more can wait; gives how many packets it took. */
function fill(bench: Bench, fiveTuple: FiveTuple): number {
  const { dropped } = bench.datapath.counters();
  let sent = 0;
  for (; sent < 1_000 && dropped.egressFull === 0; sent += 1) {
    bench.datapath.send([{ to: 'client', fiveTuple, bytes: LARGE }]);
  }
  assert.equal(dropped.egressFull, 1);
  return sent;
}

interface Read {
  readonly last: Uint8Array;
  readonly answers: readonly Uint8Array[];
  readonly large: number;
}

/** Reads up to the first message of this length: everything before it is large data or an answer, each one whole. */
async function readUntil({ received }: StreamEnd, byteLength: number): Promise<Read> {
  const answers: Uint8Array[] = [];
  for (let large = 0; ; ) {
    const message = Uint8Array.from(await received.next());
    if (message.length === byteLength) return { last: message, answers, large };
    if (message.length < LARGE.length) answers.push(message);
    else {
      assert.deepEqual(message, LARGE);
      large += 1;
    }
  }
}
