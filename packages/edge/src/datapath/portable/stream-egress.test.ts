import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { LiveCounters } from './live-counters.ts';
import { MAX_WAITING_ANSWER_BYTES, MAX_WAITING_DATA_BYTES, StreamEgress } from './stream-egress.ts';

const MAX_AGE = 500;

/** A socket that takes a frame when it is told to, and notes when each was handed to it. */
class SlowSocket extends Writable {
  readonly handedOver: { readonly frame: Uint8Array; readonly at: number }[] = [];
  readonly #clock: () => number;
  #taken: (() => void) | undefined;

  constructor(clock: () => number) {
    super({ highWaterMark: 64 * 1024 });
    this.#clock = clock;
  }

  override write(frame: Uint8Array, taken?: unknown): boolean {
    this.handedOver.push({ frame, at: this.#clock() });
    return super.write(frame, taken as () => void);
  }

  override _write(_frame: Uint8Array, _encoding: string, taken: () => void): void {
    this.#taken = taken;
  }

  async takeOne(): Promise<boolean> {
    const taken = this.#taken;
    this.#taken = undefined;
    taken?.();
    await new Promise((resolve) => setImmediate(resolve));
    return taken !== undefined;
  }
}

interface EgressBench {
  now: number;
  readonly socket: SlowSocket;
  readonly counters: LiveCounters;
  readonly egress: StreamEgress;
}

function openEgress(): EgressBench {
  const socket = new SlowSocket(() => bench.now);
  const counters = new LiveCounters();
  const egress = new StreamEgress({ socket, counters, clock: () => bench.now, maxAge: () => MAX_AGE });
  const bench: EgressBench = { now: 0, socket, counters, egress };
  return bench;
}

test('hands the socket one frame at a time, so that each is a TLS record of its own', async () => {
  const { socket, egress } = openEgress();
  for (let i = 0; i < 100; i += 1) egress.sendData(new Uint8Array(1000), 996);
  assert.equal(socket.handedOver.length, 1);
  await socket.takeOne();
  assert.equal(socket.handedOver.length, 2);
});

test('lets answers overtake data, in their own order', async () => {
  const { socket, egress } = openEgress();
  for (let i = 0; i < 30; i += 1) egress.sendData(new Uint8Array(1000), 996);
  for (const mark of [1, 2]) egress.sendAnswer(Uint8Array.of(mark));
  for (let taken = 0; taken < 3; taken += 1) await socket.takeOne();
  const next = socket.handedOver.slice(1, 4).map(({ frame }) => frame.length === 1 && frame[0]);
  assert.deepEqual(next, [1, 2, false]);
});

test('drops the oldest data where too many bytes wait, and says of answers when there are too many', () => {
  const { egress, counters } = openEgress();
  const frames = Math.ceil(MAX_WAITING_DATA_BYTES / 60_000) + 5;
  for (let i = 0; i < frames; i += 1) egress.sendData(new Uint8Array(60_000), 59_996);
  assert.equal(counters.dropped.egressFull, frames - 1 - Math.floor(MAX_WAITING_DATA_BYTES / 60_000));
  let answers = 0;
  while (egress.sendAnswer(new Uint8Array(1000))) answers += 1;
  assert.equal(answers, Math.floor(MAX_WAITING_ANSWER_BYTES / 1000) + 1);
});

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('data' as const), size: fc.integer({ min: 4, max: 20_000 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('answer' as const), size: fc.integer({ min: 20, max: 600 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), size: fc.nat(400) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('take' as const), size: fc.constant(1) }) },
);

test('property: no data goes out late, no answer is lost, order holds, and every frame is counted once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 150 }), async (steps) => {
      const bench = openEgress();
      const { socket, counters, egress } = bench;
      const since = new Map<Uint8Array, number>();
      const [data, answers]: Uint8Array[][] = [[], []];
      for (const { do: what, size } of steps) {
        const frame = new Uint8Array(size);
        if (what === 'wait') bench.now += size;
        else if (what === 'take') await socket.takeOne();
        else if (what === 'answer') {
          assert.ok(egress.sendAnswer(frame));
          answers?.push(frame);
        } else {
          since.set(frame, bench.now);
          data?.push(frame);
          egress.sendData(frame, size - 4);
        }
      }
      while (await socket.takeOne());
      const out = socket.handedOver;
      for (const { frame, at } of out) assert.ok(at - (since.get(frame) ?? at) <= MAX_AGE);
      const sent = out.map(({ frame }) => frame);
      assert.deepEqual(
        sent.filter((frame) => !since.has(frame)),
        answers,
      );
      const order = sent.filter((frame) => since.has(frame)).map((frame) => data?.indexOf(frame) ?? -1);
      assert.deepEqual(
        order,
        order.toSorted((a, b) => a - b),
      );
      const { egressStale, egressFull } = counters.dropped;
      assert.equal(counters.toClients.packets, order.length);
      assert.equal(order.length + egressStale + egressFull, data?.length);
    }),
    { seed: 20_261_122, numRuns: 60 },
  );
});

test('counts what still waited when the socket closed, and what comes after', async () => {
  const { socket, egress, counters } = openEgress();
  for (let i = 0; i < 20; i += 1) egress.sendData(new Uint8Array(1000), 996);
  socket.destroy();
  await new Promise((resolve) => socket.once('close', resolve));
  assert.equal(counters.dropped.clientGone, 19);
  egress.sendData(new Uint8Array(1000), 996);
  assert.equal(counters.dropped.clientGone, 20);
});
