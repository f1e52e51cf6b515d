import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TransportAddress } from '../address.ts';
import type { Credential } from '../credentials/time-limited.ts';
import {
  AdditionalAddressFamily,
  type AttributeToEncode,
  attribute,
  EvenPort,
  Lifetime,
  METHOD_REFRESH,
  RequestedAddressFamily,
  RequestedTransport,
  ReservationToken,
  readAttribute,
  type StunMessage,
  XorRelayedAddress,
} from '../stun/index.ts';
import { CLIENT, credentialFor, Pair } from './pair.test.support.ts';
import { ask, codeOf, provenRequest } from './stranger.test.support.ts';

const UDP = attribute(RequestedTransport, 17);
const RESERVE = [UDP, attribute(EvenPort, { reserveNext: true })];
let ports = 1000;

/** Allocates, from an address of its own where none is given. */
function allocate(
  pair: Pair,
  attributes: readonly AttributeToEncode[],
  credential: Credential = credentialFor(),
  from: TransportAddress = { ...CLIENT, port: ports++ },
): StunMessage {
  return ask(pair, provenRequest(pair, { credential, from }, attributes), from);
}

function tokenOf(answer: StunMessage): Uint8Array {
  return readAttribute(answer, ReservationToken)?.slice() ?? assert.fail('no RESERVATION-TOKEN');
}

function withToken(token: Uint8Array): AttributeToEncode[] {
  return [UDP, attribute(ReservationToken, token)];
}

describe('EVEN-PORT with the R bit', () => {
  test('gives an even port and a token, and the token the port that was held', () => {
    const pair = new Pair();
    const first = allocate(pair, RESERVE);
    assert.equal((readAttribute(first, XorRelayedAddress)?.port ?? 1) % 2, 0);
    assert.equal(codeOf(allocate(pair, withToken(tokenOf(first)))), undefined);
    const [opened, taken] = pair.actions('openRelay');
    assert.equal(opened?.port, 'evenAndNext');
    assert.deepEqual([taken?.reservedBy, taken?.port, taken?.family], [opened?.allocation, 'any', 4]);
  });

  test('keeps the family of the port', () => {
    const pair = new Pair();
    const first = allocate(pair, [...RESERVE, attribute(RequestedAddressFamily, 2)]);
    allocate(pair, withToken(tokenOf(first)));
    assert.equal(pair.actions('openRelay')[1]?.family, 6);
  });

  test('without the R bit gives no token', () => {
    const pair = new Pair();
    const answer = allocate(pair, [UDP, attribute(EvenPort, { reserveNext: false })]);
    assert.equal(readAttribute(answer, ReservationToken), undefined);
  });

  test('gives every reservation another token', () => {
    const pair = new Pair();
    const tokens = Array.from({ length: 50 }, () => tokenOf(allocate(pair, RESERVE)).join());
    assert.equal(new Set(tokens).size, 50);
  });
});

describe('a RESERVATION-TOKEN', () => {
  test('serves once: the second gets 508', () => {
    const pair = new Pair();
    const token = tokenOf(allocate(pair, RESERVE));
    allocate(pair, withToken(token));
    assert.equal(codeOf(allocate(pair, withToken(token))), 508);
  });

  test('that nobody gave gets 508', () => {
    const pair = new Pair();
    assert.equal(codeOf(allocate(pair, withToken(new Uint8Array(8)))), 508);
  });

  test('serves for 30 s, then gets 508 and the port is released, once', () => {
    const pair = new Pair();
    const tokens = [tokenOf(allocate(pair, RESERVE)), tokenOf(allocate(pair, RESERVE))] as const;
    pair.advance(29_999);
    assert.equal(codeOf(allocate(pair, withToken(tokens[0]))), undefined);
    pair.advance(1);
    assert.equal(codeOf(allocate(pair, withToken(tokens[1]))), 508);
    pair.advance(60_000);
    assert.deepEqual(pair.actions('releaseReservation'), [{ action: 'releaseReservation', allocation: 2 }]);
  });

  test('is looked at in time without any message', () => {
    const pair = new Pair();
    allocate(pair, RESERVE);
    assert.equal(pair.server.pollTimeout(), 30_000);
    pair.advance(30_000);
    assert.equal(pair.actions('releaseReservation').length, 1);
    assert.equal(pair.server.pollTimeout(), 600_000);
  });

  test("serves its user with any credential, and another user or another app's user not", () => {
    const pair = new Pair();
    const alice = (nonce: string): Credential => credentialFor('demo', 3600, 'alice', nonce);
    const token = tokenOf(allocate(pair, RESERVE, alice('a')));
    assert.equal(codeOf(allocate(pair, withToken(token), credentialFor('demo', 3600, 'bob'))), 508);
    assert.equal(codeOf(allocate(pair, withToken(token), credentialFor('other', 3600, 'alice'))), 508);
    assert.equal(codeOf(allocate(pair, withToken(token), alice('b'))), undefined);
  });

  test('ends with the allocation that reserved it, and not what was made of it', () => {
    const pair = new Pair();
    const from = { ...CLIENT, port: 1 };
    const used = tokenOf(allocate(pair, RESERVE, credentialFor(), from));
    allocate(pair, withToken(used));
    ask(pair, provenRequest(pair, { method: METHOD_REFRESH, from }, [attribute(Lifetime, 0)]), from);
    assert.equal(pair.server.allocationCount, 1);

    const unused = tokenOf(allocate(pair, RESERVE, credentialFor(), from));
    ask(pair, provenRequest(pair, { method: METHOD_REFRESH, from }, [attribute(Lifetime, 0)]), from);
    assert.equal(codeOf(allocate(pair, withToken(unused))), 508);
    assert.deepEqual(pair.actions('releaseReservation'), [], 'the end of the relay released it');
  });

  test('that is refused for the quota still serves afterwards', () => {
    const pair = new Pair();
    const token = tokenOf(allocate(pair, RESERVE));
    pair.limits = { ...pair.limits, allocationsPerUser: 1 };
    assert.equal(codeOf(allocate(pair, withToken(token))), 486);
    pair.limits = { ...pair.limits, allocationsPerUser: 2 };
    assert.equal(codeOf(allocate(pair, withToken(token))), undefined);
  });

  const contradictions: [string, AttributeToEncode][] = [
    ['EVEN-PORT', attribute(EvenPort, { reserveNext: false })],
    ['REQUESTED-ADDRESS-FAMILY', attribute(RequestedAddressFamily, 1)],
    ['ADDITIONAL-ADDRESS-FAMILY', attribute(AdditionalAddressFamily, 2)],
  ];
  for (const [name, more] of contradictions) {
    test(`together with ${name} gets 400, and stays good`, () => {
      const pair = new Pair();
      const token = tokenOf(allocate(pair, RESERVE));
      assert.equal(codeOf(allocate(pair, [...withToken(token), more])), 400);
      assert.equal(codeOf(allocate(pair, withToken(token))), undefined);
    });
  }

  test('of another length than 8 gets 400', () => {
    const pair = new Pair();
    const short = { type: ReservationToken.type, encode: () => new Uint8Array(4) };
    assert.equal(codeOf(allocate(pair, [UDP, short])), 400);
  });
});

test('DONT-FRAGMENT, which no socket of ours can promise, gets 420', () => {
  const pair = new Pair();
  assert.equal(codeOf(allocate(pair, [UDP, { type: 0x001a, encode: () => new Uint8Array(0) }])), 420);
  assert.equal(pair.server.allocationCount, 0);
});
