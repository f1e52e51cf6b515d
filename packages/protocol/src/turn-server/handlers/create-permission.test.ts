import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DEFAULT_LIMITS } from '../limits.ts';
import { Pair, PEER } from '../pair.test.support.ts';
import { allocated, failure, payload } from '../requests.test.support.ts';

describe('permissions', () => {
  test('cover every port of the address for five minutes', () => {
    const pair = new Pair();
    const client = allocated(pair);
    client.createPermission(0, [PEER]);
    assert.equal(pair.run(client)[0]?.event, 'permitted');
    assert.deepEqual(pair.actions('installPermission'), [
      { action: 'installPermission', allocation: 1, peerIp: PEER.ip, deadline: 300_000 },
    ]);

    client.sendIndication({ ...PEER, port: 6000 }, payload);
    pair.run(client);
    assert.equal(pair.actions('sendToPeer').length, 1);
    pair.advance(300_000);
    client.sendIndication(PEER, payload);
    pair.run(client);
    assert.equal(pair.actions('sendToPeer').length, 1);
    assert.deepEqual(pair.actions('drop'), [{ action: 'drop', reason: 'noPermission' }]);
  });

  test('are not installed at all where one of the peers is denied', () => {
    const pair = new Pair();
    const client = allocated(pair);
    pair.verdict = ({ peer }) => (peer.ip === '10.0.0.1' ? { allowed: false, rule: 'default' } : { allowed: true });
    client.createPermission(0, [PEER, { family: 4, ip: '10.0.0.1', port: 80 }]);
    assert.equal(failure(pair.run(client)), 403);
    assert.deepEqual(pair.actions('installPermission'), []);
    const peer = { ip: '10.0.0.1', port: undefined };
    const denied = { appId: 'demo', fiveTuple: pair.fiveTuple(), peer, rule: 'default' };
    assert.deepEqual(pair.actions('peerDenied'), [{ action: 'peerDenied', ...denied }]);
  });

  test('need a peer (400) of the relay’s family (443) and room (508)', () => {
    const pair = new Pair();
    const client = allocated(pair);
    client.createPermission(0, []);
    assert.equal(failure(pair.run(client)), 400);
    client.createPermission(0, [{ family: 6, ip: '2001:db8::1', port: 1 }]);
    assert.equal(failure(pair.run(client)), 443);

    const peers = Array.from({ length: DEFAULT_LIMITS.permissionsPerAllocation }, (_, i) => ({
      ...PEER,
      ip: `198.51.100.${i}`,
    }));
    for (let i = 0; i < peers.length; i += 32) {
      client.createPermission(0, peers.slice(i, i + 32));
      assert.equal(pair.run(client)[0]?.event, 'permitted');
    }
    client.createPermission(0, [{ ...PEER, ip: '192.0.2.1' }]);
    assert.equal(failure(pair.run(client)), 508);
    pair.advance(300_000);
    client.createPermission(pair.now.monotonic, [{ ...PEER, ip: '192.0.2.1' }]);
    assert.equal(pair.run(client)[0]?.event, 'permitted');
  });

  test('let in what the peer sends, as a Data indication, and nobody else', () => {
    const pair = new Pair();
    const client = allocated(pair);
    client.createPermission(0, [PEER]);
    pair.run(client);
    pair.peerSends(1, PEER, payload);
    assert.deepEqual(pair.run(client), [{ event: 'data', peer: PEER, bytes: payload }]);
    pair.peerSends(1, { ...PEER, ip: '198.51.100.11' }, payload);
    assert.deepEqual(pair.run(client), []);
    assert.deepEqual(pair.actions('drop'), [{ action: 'drop', reason: 'noPermission' }]);
  });
});
