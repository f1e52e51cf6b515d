import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TransportAddress } from '../../address.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { Pair, PEER } from '../pair.test.support.ts';
import { allocated, failure } from '../requests.test.support.ts';

describe('channels', () => {
  test('a bound channel comes with a permission, and both are refreshed', () => {
    const pair = new Pair();
    const client = allocated(pair);
    for (const at of [0, 200_000]) {
      pair.now = { ...pair.now, monotonic: at };
      client.bindChannel(at, 0x4000, PEER);
      assert.equal(pair.run(client)[0]?.event, 'channelBound');
      assert.equal(pair.actions('installPermission').at(-1)?.deadline, at + 300_000);
      assert.equal(pair.actions('installChannel').at(-1)?.deadline, at + 600_000);
    }
  });

  test('a number is not bound to another peer, nor a peer to another number, until long after its end', () => {
    const pair = new Pair();
    const client = allocated(pair);
    const other: TransportAddress = { ...PEER, port: 5001 };
    client.bindChannel(0, 0x4000, PEER);
    pair.run(client);
    client.bindChannel(0, 0x4000, other);
    assert.equal(failure(pair.run(client)), 400);
    client.bindChannel(0, 0x4001, PEER);
    assert.equal(failure(pair.run(client)), 400);

    client.refresh(0, 3600);
    pair.run(client);
    pair.advance(899_000);
    client.bindChannel(pair.now.monotonic, 0x4000, other);
    assert.equal(failure(pair.run(client)), 400, 'ended, and in quarantine');
    pair.advance(1_000);
    client.bindChannel(pair.now.monotonic, 0x4000, other);
    assert.equal(pair.run(client)[0]?.event, 'channelBound');
  });

  for (const channelNumber of [0x3fff, 0x8000, 0]) {
    test(`the number ${channelNumber.toString(16)} is outside the range`, () => {
      const pair = new Pair();
      const client = allocated(pair);
      client.bindChannel(0, channelNumber, PEER);
      assert.equal(failure(pair.run(client)), 400);
    });
  }

  test('a denied peer gets 403, another family 443, one too many 508', () => {
    const pair = new Pair();
    const client = allocated(pair);
    client.bindChannel(0, 0x4000, { family: 6, ip: '2001:db8::1', port: 1 });
    assert.equal(failure(pair.run(client)), 443);
    for (let i = 0; i < DEFAULT_LIMITS.channelsPerAllocation; i++) {
      client.bindChannel(0, 0x4000 + i, { ...PEER, port: 10_000 + i });
      assert.equal(pair.run(client)[0]?.event, 'channelBound');
    }
    client.bindChannel(0, 0x5000, { ...PEER, port: 20_000 });
    assert.equal(failure(pair.run(client)), 508);
    pair.verdict = () => ({ allowed: false, rule: 'default' });
    client.bindChannel(0, 0x4000, { ...PEER, port: 10_000 });
    assert.equal(failure(pair.run(client)), 403);
  });
});
