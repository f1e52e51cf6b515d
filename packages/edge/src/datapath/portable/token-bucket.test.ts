import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { burstBytes, TokenBucket } from './token-bucket.ts';

test('over any time lets through no more than the burst and the rate times the time, and nearly as much', () => {
  const packets = fc.array(fc.record({ wait: fc.nat(200), byteLength: fc.integer({ min: 1, max: 1500 }) }), {
    minLength: 1,
    maxLength: 500,
  });
  fc.assert(
    fc.property(packets, fc.integer({ min: 1000, max: 1_000_000 }), (all, rate) => {
      const bucket = new TokenBucket();
      let now = 0;
      let passed = 0;
      let refused = false;
      for (const { wait, byteLength } of all) {
        now += wait;
        if (bucket.has(byteLength, rate, now)) {
          bucket.take(byteLength);
          passed += byteLength;
        } else {
          refused = true;
          // What was refused would have gone beyond the budget.
          assert.ok(passed + byteLength > (now / 1000) * rate - 1e-3);
        }
      }
      assert.ok(passed <= burstBytes(rate) + (now / 1000) * rate + 1e-3);
      assert.ok(refused || passed === all.reduce((sum, { byteLength }) => sum + byteLength, 0));
    }),
  );
});

test('starts full, fills at its rate and never beyond the burst', () => {
  const bucket = new TokenBucket();
  const rate = 100_000;
  assert.ok(bucket.has(rate, rate, 5));
  bucket.take(rate);
  assert.ok(!bucket.has(1, rate, 5));
  assert.ok(bucket.has(50_000, rate, 505));
  assert.ok(!bucket.has(50_001, rate, 505));
  assert.ok(bucket.has(rate, rate, 1e9));
  assert.ok(!bucket.has(rate + 1, rate, 1e9));
});

test('lets the largest datagram through at the lowest rate', () => {
  assert.ok(new TokenBucket().has(65_507, 1000, 0));
});

test('without a rate lets everything through, and with one from then on counts from a full burst', () => {
  const bucket = new TokenBucket();
  assert.ok(bucket.has(1e9, undefined, 0));
  bucket.take(1e9);
  assert.ok(bucket.has(100_000, 100_000, 0));
  assert.ok(!bucket.has(100_001, 100_000, 0));
});
