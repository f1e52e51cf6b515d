import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { type FiveTuple, MAGIC_COOKIE } from '@pinhole/protocol';
import { StreamDeadlines } from '../../listeners/stream-deadlines.ts';
import { LiveCounters } from './live-counters.ts';
import { HALF_MESSAGE_LIMIT, StreamClient } from './stream-client.ts';

const ADDRESS = { family: 4, ip: '127.0.0.1', port: 5 } as const;
const FIVE_TUPLE: FiveTuple = { transport: 'tcp', clientAddress: ADDRESS, serverAddress: ADDRESS };
const MESSAGE = Uint8Array.of(0, 1, 0, 0, ...magicCookie(), ...new Array<number>(12).fill(7));

test('ends a stream that leaves a message unfinished for 30 s, however slowly bytes trickle in', async (context) => {
  const { socket, say, advance, counters } = clientWithClock(context);
  await say(MESSAGE.subarray(0, 9));
  advance(HALF_MESSAGE_LIMIT - 1);
  await say(MESSAGE.subarray(9, 10));
  assert.equal(counters.endedStreams.halfMessage, 0);
  const closed = once(socket, 'close');
  advance(1);
  await closed;
  assert.equal(counters.endedStreams.halfMessage, 1);
});

test('gives each message its own 30 s, and a finished one lets the stream rest for ever', async (context) => {
  const { socket, say, advance, counters } = clientWithClock(context);
  for (let round = 0; round < 3; round += 1) {
    await say(MESSAGE.subarray(0, 9));
    advance(HALF_MESSAGE_LIMIT - 1);
    await say(MESSAGE.subarray(9));
  }
  advance(100 * HALF_MESSAGE_LIMIT);
  assert.equal(counters.endedStreams.halfMessage, 0);
  assert.equal(socket.destroyed, false);
  socket.destroy();
});

interface ClientUnderTest {
  readonly socket: Duplex;
  readonly counters: LiveCounters;
  say(bytes: Uint8Array): Promise<void>;
  advance(by: number): void;
}

function clientWithClock(context: TestContext): ClientUnderTest {
  context.mock.timers.enable({ apis: ['setInterval'] });
  let now = 0;
  const counters = new LiveCounters();
  const socket = new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() });
  new StreamClient({
    stream: { socket: socket as Socket, fiveTuple: FIVE_TUPLE },
    counters,
    deadlines: new StreamDeadlines(() => now),
    clock: () => now,
    maxEgressAge: () => 500,
    messages: () => {},
    gone: () => {},
  });
  return {
    socket,
    counters,
    say: async (bytes) => {
      socket.push(bytes);
      await new Promise((resolve) => setImmediate(resolve));
    },
    advance: (by) => {
      now += by;
      // The sweep comes once a second, so a deadline is noticed at the next one.
      context.mock.timers.tick(1_000);
    },
  };
}

function magicCookie(): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, MAGIC_COOKIE);
  return bytes;
}
