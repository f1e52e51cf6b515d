import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RateLimit } from './rate-limit.ts';

describe('the rate limit', () => {
  const create = (): RateLimit => new RateLimit({ limit: 2, windowMs: 60_000, maxClients: 3 });

  it('allows so many a window, then tells how long to wait', () => {
    const rate = create();
    assert.deepEqual([rate.take('203.0.113.1', 0), rate.take('203.0.113.1', 1)], [0, 0]);
    assert.equal(rate.take('203.0.113.1', 20_500), 40);
    assert.equal(rate.take('203.0.113.2', 20_500), 0);
    assert.equal(rate.take('203.0.113.1', 60_000), 0);
  });

  it('counts a /64 of IPv6 addresses as one client', () => {
    const rate = create();
    assert.deepEqual([rate.take('2001:db8::1', 0), rate.take('2001:db8::2', 0)], [0, 0]);
    assert.ok(rate.take('2001:db8::3', 0) > 0);
    assert.equal(rate.take('2001:db8:0:1::1', 0), 0);
  });

  it('remembers no more clients than it may, and holds the rest to one shared count', () => {
    const rate = create();
    for (const ip of ['10.0.0.1', '10.0.0.2', '10.0.0.3']) assert.equal(rate.take(ip, 0), 0);
    assert.deepEqual([rate.take('10.0.0.4', 0), rate.take('10.0.0.5', 0)], [0, 0]);
    assert.ok(rate.take('10.0.0.6', 0) > 0);
    assert.equal(rate.take('10.0.0.1', 0), 0);
  });
});
