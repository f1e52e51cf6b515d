import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ErrorCode, METHOD_REFRESH, readAttribute } from '../../stun/index.ts';
import { Pair } from '../pair.test.support.ts';
import { allocated, failure, sendAuthenticated } from '../requests.test.support.ts';

describe('Refresh', () => {
  test('keeps the allocation beyond its first lifetime, and without it the allocation ends', () => {
    const pair = new Pair();
    const client = allocated(pair);
    pair.advance(599_000);
    client.refresh(pair.now.monotonic, 600);
    assert.deepEqual(pair.run(client), [{ event: 'refreshed', lifetimeSeconds: 600 }]);
    pair.advance(599_000);
    assert.equal(pair.server.allocationCount, 1);
    pair.advance(1_000);
    assert.equal(pair.server.allocationCount, 0);
    assert.equal(pair.actions('allocationEnded')[0]?.end, 'expired');
    assert.equal(pair.actions('closeRelay').length, 1);
  });

  test('with zero ends the allocation and answers', () => {
    const pair = new Pair();
    const client = allocated(pair);
    client.refresh(0, 0);
    assert.deepEqual(pair.run(client), [{ event: 'refreshed', lifetimeSeconds: 0 }]);
    assert.equal(pair.actions('allocationEnded')[0]?.end, 'refreshedToZero');
    client.refresh(0, 600);
    assert.equal(failure(pair.run(client)), 437);
  });

  test('of another family answers 443', () => {
    const pair = new Pair();
    allocated(pair);
    const answer = sendAuthenticated(pair, METHOD_REFRESH, [{ type: 0x0017, encode: () => Uint8Array.of(2, 0, 0, 0) }]);
    assert.equal(readAttribute(answer, ErrorCode)?.code, 443);
  });
});

test('a Refresh that shortens the lifetime ends the allocation when the shorter one is over', () => {
  const pair = new Pair();
  const client = pair.client();
  client.allocate(0);
  pair.run(client);
  client.refresh(0, 3600);
  pair.run(client);
  pair.advance(600_000);
  client.refresh(pair.now.monotonic, 600);
  pair.run(client);
  pair.advance(599_999);
  assert.equal(pair.server.allocationCount, 1);
  assert.equal(pair.server.pollTimeout(), 1_200_000);
  pair.advance(1);
  assert.equal(pair.server.allocationCount, 0);
});
