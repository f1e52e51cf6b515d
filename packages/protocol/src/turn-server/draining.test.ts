import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TransportAddress } from '../address.ts';
import {
  AlternateServer,
  decodeStun,
  ErrorCode,
  hasAttribute,
  MessageIntegritySha256,
  readAttribute,
  type StunMessage,
} from '../stun/index.ts';
import { CLIENT, Pair, PEER } from './pair.test.support.ts';

const ALTERNATE: TransportAddress = { family: 4, ip: '203.0.113.11', port: 3478 };
const ELSEWHERE: TransportAddress = { ...CLIENT, port: 40_001 };

/** The last answer to a client that asks for an allocation. */
function lastAnswer(pair: Pair): StunMessage {
  const client = pair.client(undefined, ELSEWHERE);
  client.allocate(0);
  let last: Uint8Array | undefined;
  for (let bytes = client.pollTransmit(); bytes !== undefined; bytes = client.pollTransmit()) {
    pair.send(bytes, ELSEWHERE);
    last = pair.takeSent(ELSEWHERE)[0]?.bytes;
    if (last !== undefined) client.handleMessage(0, last);
  }
  const decoded = decodeStun(last ?? new Uint8Array());
  assert.ok(decoded.ok);
  return decoded.message;
}

describe('a server that drains', () => {
  test('refuses a new allocation with 508, counted as such', () => {
    const pair = new Pair();
    pair.draining = {};
    assert.equal(readAttribute(lastAnswer(pair), ErrorCode)?.code, 508);
    assert.deepEqual(pair.actions('allocationRefused'), [
      { action: 'allocationRefused', appId: 'demo', reason: 'draining' },
    ]);
    assert.equal(pair.server.allocationCount, 0);
  });

  test('sends clients to the other server with 300 and its address, under integrity', () => {
    const pair = new Pair();
    pair.draining = { alternateServer: ALTERNATE };
    const answer = lastAnswer(pair);
    assert.equal(readAttribute(answer, ErrorCode)?.code, 300);
    assert.deepEqual(readAttribute(answer, AlternateServer), ALTERNATE);
    assert.ok(hasAttribute(answer, MessageIntegritySha256));
  });

  test('sends nobody to an address of the other family', () => {
    const pair = new Pair();
    pair.draining = { alternateServer: { family: 6, ip: '2001:db8::11', port: 3478 } };
    assert.equal(readAttribute(lastAnswer(pair), ErrorCode)?.code, 508);
  });

  test('serves the allocations that live: they are refreshed, and get permissions and channels', () => {
    const pair = new Pair();
    const client = pair.client();
    client.allocate(0);
    pair.run(client);
    pair.draining = {};
    client.bindChannel(0, 0x4001, PEER);
    assert.equal(pair.run(client)[0]?.event, 'channelBound');
    client.refresh(0, 600);
    assert.equal(pair.run(client)[0]?.event, 'refreshed');
  });
});
