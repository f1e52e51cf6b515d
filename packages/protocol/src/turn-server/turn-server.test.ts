import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TransportAddress } from '../address.ts';
import {
  ErrorCode,
  encodeStun,
  hasAttribute,
  METHOD_BINDING,
  MessageIntegrity,
  readAttribute,
  UnknownAttributes,
  XorMappedAddress,
} from '../stun/index.ts';
import { CLIENT, credentialFor, Pair } from './pair.test.support.ts';
import { allocated, onlyAnswer, request, transactionId } from './requests.test.support.ts';

describe('Binding', () => {
  test('answers with the address that the request came from', () => {
    const pair = new Pair();
    pair.send(request(METHOD_BINDING));
    const answer = onlyAnswer(pair);
    assert.equal(answer.messageClass, 'success');
    assert.deepEqual(readAttribute(answer, XorMappedAddress), CLIENT);
    assert.ok(!hasAttribute(answer, MessageIntegrity));
  });

  test('answers with 420 and the list where an attribute is not understood', () => {
    const pair = new Pair();
    pair.send(request(METHOD_BINDING, [{ type: 0x001a, encode: () => new Uint8Array(0) }]));
    const answer = onlyAnswer(pair);
    assert.equal(readAttribute(answer, ErrorCode)?.code, 420);
    assert.deepEqual(readAttribute(answer, UnknownAttributes), [0x001a]);
  });
});

describe('what gets no answer', () => {
  const silent: [string, Uint8Array, string][] = [
    ['bytes that are no message', Uint8Array.of(0, 1, 0, 0), 'tooShort'],
    ['a method that nobody knows', request(0x0ff), 'unknownMethod'],
    [
      'a response',
      encodeStun({ messageClass: 'success', method: 1, transactionId, attributes: [] }),
      'unexpectedClass',
    ],
    [
      'a Binding indication',
      encodeStun({ messageClass: 'indication', method: 1, transactionId, attributes: [] }),
      'keepAlive',
    ],
  ];
  for (const [what, bytes, reason] of silent) {
    test(`${what} is dropped as ${reason}`, () => {
      const pair = new Pair();
      pair.send(bytes);
      assert.deepEqual(pair.takeSent(), []);
      assert.deepEqual(pair.log, [{ action: 'drop', reason }]);
    });
  }
});

describe('relayed addresses as peers', () => {
  test('the policy is told for which app a relayed address is', () => {
    const pair = new Pair();
    const asked: (string | undefined)[] = [];
    pair.verdict = ({ relayedFor }) => {
      asked.push(relayedFor);
      return { allowed: true };
    };
    const client = allocated(pair);
    const elsewhere: TransportAddress = { ...CLIENT, port: 40_001 };
    const other = pair.client(credentialFor('other'), elsewhere);
    other.allocate(0);
    pair.run(other, elsewhere);
    client.bindChannel(0, 0x4000, { family: 4, ip: '203.0.113.10', port: 50_001 });
    client.bindChannel(0, 0x4001, { family: 4, ip: '203.0.113.10', port: 50_002 });
    client.createPermission(0, [{ family: 4, ip: '203.0.113.10', port: 0 }]);
    pair.run(client);
    assert.deepEqual(asked, ['other', undefined, 'demo']);
  });
});

test("a client's end ends its allocation and nobody else's", () => {
  const pair = new Pair();
  allocated(pair);
  pair.clientGone({ ...CLIENT, port: 1 });
  assert.equal(pair.server.allocationCount, 1);
  pair.clientGone();
  assert.equal(pair.server.allocationCount, 0);
  assert.equal(pair.actions('allocationEnded')[0]?.end, 'clientGone');
});

test('the core refuses an input before the actions of the last one are taken', () => {
  const pair = new Pair();
  pair.server.handleMessage(pair.now, pair.fiveTuple(), request(METHOD_BINDING));
  assert.throws(() => pair.server.handleTimeout(pair.now), /not all taken/);
});

test('allocations that come and go leave no more deadlines behind than a bound', () => {
  const pair = new Pair();
  for (let i = 0; i < 5000; i++) {
    const client = pair.client();
    client.allocate(pair.now.monotonic);
    pair.run(client);
    client.refresh(pair.now.monotonic, 0);
    pair.run(client);
    pair.advance(1);
  }
  // The first of them is swept away, and not looked at when its time would have come.
  const next = pair.server.pollTimeout();
  assert.ok(next === undefined || next > 600_000 + 3000, `the next deadline is ${next}`);
});
