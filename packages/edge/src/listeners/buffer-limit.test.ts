import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clampedBuffer } from './buffer-limit.ts';

test('finds out what the system grants of a buffer that no system grants, and says nothing of one that fits', async () => {
  const wanted = 0x4000_0000;
  const clamped = await clampedBuffer(wanted);
  assert.ok(clamped !== undefined);
  assert.equal(clamped.wanted, wanted);
  assert.ok(clamped.granted > 0 && clamped.granted < wanted);
  assert.equal(await clampedBuffer(4096), undefined);
});
