import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TransportAddress } from '../address.ts';
import { attribute, Data, encodeStun, METHOD_SEND, XorPeerAddress } from '../stun/index.ts';
import type { TurnClient } from '../turn-client/turn-client.ts';
import { CLIENT, credentialFor, Pair, PEER } from './pair.test.support.ts';

const OTHER_PEER: TransportAddress = { ...PEER, ip: '198.51.100.11' };

/** A client with a channel to one peer and a permission for another. */
function connected(): { pair: Pair; client: TurnClient } {
  const pair = new Pair();
  const client = pair.client();
  client.allocate(0);
  pair.run(client);
  client.bindChannel(0, 0x4001, PEER);
  client.createPermission(0, [OTHER_PEER]);
  pair.run(client);
  pair.log.length = 0;
  return { pair, client };
}

/** What a Send to the peer comes to. */
function send(pair: Pair, peer: TransportAddress): string | undefined {
  pair.log.length = 0;
  const attributes = [attribute(XorPeerAddress, peer), attribute(Data, new Uint8Array(4))];
  const transactionId = new Uint8Array(12);
  pair.send(encodeStun({ messageClass: 'indication', method: METHOD_SEND, transactionId, attributes }));
  const [action] = pair.log;
  return action?.action === 'drop' ? action.reason : action?.action;
}

describe('rules that change judge again what exists', () => {
  test('nothing happens where everything is still allowed', () => {
    const { pair } = connected();
    pair.rejudge();
    assert.deepEqual(pair.log, []);
  });

  test('takes back the permission and the channel of a peer that is denied now, and leaves the others', () => {
    const { pair } = connected();
    pair.verdict = ({ peer }) => (peer.ip === PEER.ip ? { allowed: false, rule: 'closed' } : { allowed: true });
    pair.rejudge();
    assert.deepEqual(
      pair.log.filter(({ action }) => action !== 'peerDenied'),
      [
        { action: 'removePermission', allocation: 1, peerIp: PEER.ip },
        { action: 'removeChannel', allocation: 1, channelNumber: 0x4001 },
      ],
    );
    assert.deepEqual(pair.actions('peerDenied')[0]?.rule, 'closed');
    pair.verdict = () => ({ allowed: true });
    assert.equal(send(pair, PEER), 'noPermission');
    assert.equal(send(pair, OTHER_PEER), 'sendToPeer');
  });

  test('takes back only the channel where one port is closed and the address is not', () => {
    const { pair } = connected();
    pair.verdict = ({ peer }) => (peer.port === PEER.port ? { allowed: false, rule: 'port' } : { allowed: true });
    pair.rejudge();
    assert.deepEqual(pair.actions('removePermission'), []);
    assert.deepEqual(pair.actions('removeChannel'), [
      { action: 'removeChannel', allocation: 1, channelNumber: 0x4001 },
    ]);
  });

  test('a channel that was taken back keeps its number from other peers for 5 minutes, and may come back itself', () => {
    const { pair, client } = connected();
    pair.verdict = ({ peer }) => (peer.ip === PEER.ip ? { allowed: false, rule: 'closed' } : { allowed: true });
    pair.rejudge();
    pair.verdict = () => ({ allowed: true });
    pair.advance(299_000);
    client.bindChannel(pair.now.monotonic, 0x4001, OTHER_PEER);
    assert.deepEqual(pair.run(client).at(-1)?.event, 'failed');
    client.bindChannel(pair.now.monotonic, 0x4001, PEER);
    assert.equal(pair.run(client).at(-1)?.event, 'channelBound');
  });

  test('says nothing of permissions that are over anyway', () => {
    const { pair } = connected();
    pair.advance(599_000);
    pair.verdict = () => ({ allowed: false, rule: 'closed' });
    pair.rejudge();
    assert.deepEqual(pair.actions('removePermission'), []);
    assert.equal(pair.actions('removeChannel').length, 1);
  });

  test('ends the allocations of an app that is gone, and no others', () => {
    const { pair } = connected();
    const elsewhere: TransportAddress = { ...CLIENT, port: 40_001 };
    const other = pair.client(credentialFor('other'), elsewhere);
    other.allocate(0);
    pair.run(other, elsewhere);
    pair.removedApps.add('demo');
    pair.rejudge();
    assert.deepEqual(pair.actions('closeRelay'), [{ action: 'closeRelay', allocation: 1 }]);
    assert.equal(pair.actions('allocationEnded')[0]?.end, 'revoked');
    assert.equal(pair.server.allocationCount, 1);
  });

  test('a relay that opens for an app that is gone is closed again', () => {
    const pair = new Pair();
    pair.relayResult = 'pending';
    const client = pair.client();
    client.allocate(0);
    pair.run(client);
    pair.removedApps.add('demo');
    pair.rejudge();
    pair.finishRelay(1, { outcome: 'opened', relayedAddress: { family: 4, ip: '203.0.113.10', port: 50_000 } });
    assert.deepEqual(pair.actions('closeRelay'), [{ action: 'closeRelay', allocation: 1 }]);
    assert.equal(pair.server.allocationCount, 0);
  });
});

test("refuses a client's own relayed address as its peer with 403, however kind the policy", () => {
  const pair = new Pair();
  const client = pair.client();
  client.allocate(0);
  const [allocated] = pair.run(client);
  assert.ok(allocated?.event === 'allocated');
  client.bindChannel(0, 0x4001, allocated.relayedAddress);
  const [refused] = pair.run(client);
  assert.equal(refused?.event === 'failed' && refused.cause, 403);
});
