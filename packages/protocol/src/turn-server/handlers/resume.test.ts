import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TransportAddress } from '../../address.ts';
import { longTermKey } from '../../credentials/long-term-key.ts';
import type { Credential } from '../../credentials/time-limited.ts';
import { nodeCrypto } from '../../node-crypto.ts';
import {
  type AttributeToEncode,
  attribute,
  decodeStun,
  ErrorCode,
  encodeStun,
  Lifetime,
  METHOD_ALLOCATE,
  METHOD_REFRESH,
  MobilityTicket,
  Nonce,
  Realm,
  RequestedTransport,
  readAttribute,
  type StunMessage,
  Username,
} from '../../stun/index.ts';
import { CLIENT, credentialFor, Pair } from '../pair.test.support.ts';

const ELSEWHERE: TransportAddress = { family: 4, ip: '10.9.9.9', port: 50_123 };
const NOWHERE = new Uint8Array(0);

/** Sends a request with proven integrity from an address, and gives the answer. */
function ask(
  pair: Pair,
  from: TransportAddress,
  method: number,
  attributes: readonly AttributeToEncode[],
  credential: Credential = credentialFor(),
): StunMessage {
  const send = (extra: readonly AttributeToEncode[], key?: Uint8Array): StunMessage => {
    const integrity = key === undefined ? {} : { integrity: { key, crypto: nodeCrypto } };
    const transactionId = nodeCrypto.randomBytes(12);
    const all = [...attributes, ...extra];
    pair.send(encodeStun({ messageClass: 'request', method, transactionId, attributes: all, ...integrity }), from);
    const decoded = decodeStun(pair.takeSent(from)[0]!.bytes);
    assert.ok(decoded.ok);
    return decoded.message;
  };
  const nonce = readAttribute(send([]), Nonce) ?? '';
  const proof = [attribute(Username, credential.username), attribute(Realm, 'pinhole'), attribute(Nonce, nonce)];
  return send(proof, longTermKey(credential, 'pinhole', nodeCrypto));
}

function allocate(pair: Pair, ticket: Uint8Array = NOWHERE): StunMessage {
  return ask(pair, CLIENT, METHOD_ALLOCATE, [attribute(RequestedTransport, 17), attribute(MobilityTicket, ticket)]);
}

function resume(pair: Pair, ticket: Uint8Array, credential?: Credential): StunMessage {
  return ask(pair, ELSEWHERE, METHOD_REFRESH, [attribute(MobilityTicket, ticket)], credential);
}

function ticketIn(answer: StunMessage): Uint8Array {
  const ticket = readAttribute(answer, MobilityTicket);
  assert.ok(ticket !== undefined && ticket.length > 0);
  return ticket;
}

function codeOf(answer: StunMessage): number | undefined {
  return readAttribute(answer, ErrorCode)?.code;
}

describe('mobility (RFC 8016)', () => {
  test('a client whose address changed resumes its allocation with its ticket, and gets the next one', () => {
    const pair = new Pair({ mobility: true });
    const first = ticketIn(allocate(pair));
    const answer = resume(pair, first);
    assert.equal(readAttribute(answer, Lifetime), 600);
    assert.notDeepEqual(ticketIn(answer), first);
    assert.deepEqual(pair.actions('moveClient'), [
      { action: 'moveClient', allocation: 1, fiveTuple: pair.fiveTuple(ELSEWHERE) },
    ]);
    assert.equal(pair.server.allocationCount, 1);

    assert.equal(codeOf(ask(pair, CLIENT, METHOD_REFRESH, [])), 437, 'the old address has nothing any more');
    assert.equal(readAttribute(ask(pair, ELSEWHERE, METHOD_REFRESH, [attribute(Lifetime, 0)]), Lifetime), 0);
    assert.equal(pair.server.allocationCount, 0);
  });

  test('a ticket serves once: replayed from a third address it gets 437 and moves nothing', () => {
    const pair = new Pair({ mobility: true });
    const ticket = ticketIn(allocate(pair));
    resume(pair, ticket);
    const third: TransportAddress = { ...ELSEWHERE, port: 1 };
    assert.equal(codeOf(ask(pair, third, METHOD_REFRESH, [attribute(MobilityTicket, ticket)])), 437);
    assert.equal(pair.actions('moveClient').length, 1);
  });

  test('a repeated Refresh from the new address is a refresh', () => {
    const pair = new Pair({ mobility: true });
    const ticket = ticketIn(allocate(pair));
    resume(pair, ticket);
    assert.equal(readAttribute(resume(pair, ticket), Lifetime), 600);
    assert.equal(pair.actions('moveClient').length, 1);
  });

  test('the ticket of another user gets 437', () => {
    const pair = new Pair({ mobility: true });
    const ticket = ticketIn(allocate(pair));
    assert.equal(codeOf(resume(pair, ticket, credentialFor('other'))), 437);
    assert.equal(codeOf(resume(pair, ticket)), undefined, 'and its owner can still use it');
  });

  test('a forged ticket gets 400, one of an allocation that has ended 437', () => {
    const pair = new Pair({ mobility: true });
    const ticket = ticketIn(allocate(pair));
    for (let i = 0; i < ticket.length; i++) {
      const forged = ticket.with(i, (ticket[i] ?? 0) ^ 0x01);
      assert.equal(codeOf(resume(pair, forged)), 400);
    }
    assert.equal(codeOf(resume(pair, ticket.subarray(1))), 400);
    ask(pair, CLIENT, METHOD_REFRESH, [attribute(Lifetime, 0)]);
    assert.equal(codeOf(resume(pair, ticket)), 437);
  });

  test('an Allocate with a ticket that is not empty gets 400', () => {
    const pair = new Pair({ mobility: true });
    assert.equal(codeOf(allocate(pair, new Uint8Array(28))), 400);
    assert.equal(pair.server.allocationCount, 0);
  });

  test('an allocation outlives its TCP connection only where it was made mobile', () => {
    const pair = new Pair({ mobility: true });
    allocate(pair);
    pair.clientGone();
    assert.equal(pair.server.allocationCount, 1);
    pair.advance(600_000);
    assert.equal(pair.server.allocationCount, 0);
  });

  test('where mobility is off, asking for it or resuming gets 405', () => {
    const pair = new Pair();
    assert.equal(codeOf(allocate(pair)), 405);
    assert.equal(codeOf(resume(pair, new Uint8Array(28))), 405);
  });
});
