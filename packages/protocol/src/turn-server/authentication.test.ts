import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TransportAddress } from '../address.ts';
import { nodeCrypto } from '../node-crypto.ts';
import {
  attribute,
  decodeStun,
  ErrorCode,
  encodeStun,
  hasAttribute,
  METHOD_ALLOCATE,
  MessageIntegrity,
  Nonce,
  Realm,
  RequestedTransport,
  readAttribute,
  Username,
} from '../stun/index.ts';
import { CLIENT, credentialFor, Pair } from './pair.test.support.ts';
import { allocated, failure, onlyAnswer, request, transactionId } from './requests.test.support.ts';

describe('authentication', () => {
  test('challenges an Allocate without integrity with 401, realm and nonce, and no integrity of its own', () => {
    const pair = new Pair();
    pair.send(request(METHOD_ALLOCATE, [attribute(RequestedTransport, 17)], true));
    const answer = onlyAnswer(pair);
    assert.equal(readAttribute(answer, ErrorCode)?.code, 401);
    assert.equal(readAttribute(answer, Realm), 'pinhole');
    assert.ok(hasAttribute(answer, Nonce));
    assert.ok(!hasAttribute(answer, MessageIntegrity));
    assert.equal(pair.server.allocationCount, 0);
  });

  test('answers 400 where integrity comes without username, realm or nonce', () => {
    const pair = new Pair();
    const integrity = { key: new Uint8Array(16), crypto: nodeCrypto };
    pair.send(
      encodeStun({ messageClass: 'request', method: METHOD_ALLOCATE, transactionId, attributes: [], integrity }),
    );
    assert.equal(readAttribute(onlyAnswer(pair), ErrorCode)?.code, 400);
  });

  test('refuses a wrong password and an unknown user alike, with 401', () => {
    const answers = [
      { ...credentialFor(), password: 'wrong' },
      credentialFor('nobody'),
      { username: 'alice', password: 'x' },
    ].map((credential) => {
      const pair = new Pair();
      const client = pair.client(credential);
      client.allocate(0);
      assert.equal(failure(pair.run(client)), 401);
      assert.equal(pair.server.allocationCount, 0);
      return pair.actions('authenticationFailed').at(-1)?.reason;
    });
    assert.deepEqual(answers, ['wrongPassword', 'unknownUser', 'unknownUser']);
  });

  test('answers 438 with a new nonce when the nonce has aged, and the client goes on', () => {
    const pair = new Pair();
    const client = allocated(pair);
    pair.advance(500_000);
    for (let i = 0; i < 8; i++) {
      client.refresh(pair.now.monotonic, 3600);
      assert.equal(pair.run(client)[0]?.event, 'refreshed');
      pair.advance(3_000_000);
    }
    assert.ok(pair.actions('authenticationFailed').some(({ reason }) => reason === 'staleNonce'));
  });

  test("does not take another client's nonce", () => {
    const pair = new Pair();
    const elsewhere: TransportAddress = { ...CLIENT, port: 40_001 };
    pair.send(request(METHOD_ALLOCATE), elsewhere);
    const [challenge] = pair.takeSent(elsewhere);
    const decoded = decodeStun(challenge!.bytes);
    assert.ok(decoded.ok);
    const nonce = readAttribute(decoded.message, Nonce) ?? '';
    const attributes = [
      attribute(Username, credentialFor().username),
      attribute(Realm, 'pinhole'),
      attribute(Nonce, nonce),
    ];
    const integrity = { key: new Uint8Array(16), crypto: nodeCrypto };
    pair.send(encodeStun({ messageClass: 'request', method: METHOD_ALLOCATE, transactionId, attributes, integrity }));
    assert.equal(readAttribute(onlyAnswer(pair), ErrorCode)?.code, 438);
  });

  test('an expired credential starts nothing, and keeps what it started', () => {
    const pair = new Pair();
    const client = allocated(pair, pair.client(credentialFor('demo', 60)));
    pair.advance(100_000);
    client.refresh(pair.now.monotonic, 600);
    assert.equal(pair.run(client)[0]?.event, 'refreshed');

    const elsewhere: TransportAddress = { ...CLIENT, port: 40_001 };
    const late = pair.client(credentialFor('demo', 60), elsewhere);
    late.allocate(pair.now.monotonic);
    assert.equal(failure(pair.run(late, elsewhere)), 401);
    assert.equal(pair.actions('authenticationFailed').at(-1)?.reason, 'expiredCredential');
  });

  test('another credential than the allocation was made with gets 441', () => {
    const pair = new Pair();
    allocated(pair);
    const thief = pair.client(credentialFor('other'));
    thief.refresh(0, 0);
    assert.equal(failure(pair.run(thief)), 441);
    assert.equal(pair.server.allocationCount, 1);
  });
});
