import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { StreamDeadlines } from './stream-deadlines.ts';

test('expires a stream once, at the first sweep after its deadline', () => {
  let now = 0;
  let expirations = 0;
  const deadlines = new StreamDeadlines(() => now);
  deadlines.watch({}, 10_000, () => {
    expirations += 1;
  });
  now = 9_999;
  deadlines.sweep();
  assert.equal(expirations, 0);
  now = 10_000;
  deadlines.sweep();
  deadlines.sweep();
  assert.equal(expirations, 1);
});

test('forgets a stream that is cleared, and keeps only the last watch of one', () => {
  let now = 0;
  const expired: string[] = [];
  const deadlines = new StreamDeadlines(() => now);
  const [cleared, renewed] = [{}, {}];
  deadlines.watch(cleared, 1_000, () => expired.push('cleared'));
  deadlines.watch(renewed, 1_000, () => expired.push('first'));
  deadlines.watch(renewed, 5_000, () => expired.push('second'));
  deadlines.clear(cleared);
  now = 4_999;
  deadlines.sweep();
  assert.deepEqual(expired, []);
  now = 5_000;
  deadlines.sweep();
  assert.deepEqual(expired, ['second']);
});

test('needs one timer for any number of streams, and none for none', () => {
  const timers = mock.method(globalThis, 'setInterval');
  const stops = mock.method(globalThis, 'clearInterval');
  const deadlines = new StreamDeadlines(() => 5_000);
  const streams = Array.from({ length: 1_000 }, () => ({}));
  for (const stream of streams) deadlines.watch(stream, 0, () => {});
  assert.equal(timers.mock.callCount(), 1);
  deadlines.sweep();
  assert.equal(stops.mock.callCount(), 1);
  mock.restoreAll();
});
