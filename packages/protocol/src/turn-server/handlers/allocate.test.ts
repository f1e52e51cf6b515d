import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TransportAddress } from '../../address.ts';
import {
  type AttributeToEncode,
  attribute,
  ErrorCode,
  EvenPort,
  Lifetime,
  METHOD_ALLOCATE,
  RequestedTransport,
  readAttribute,
  XorRelayedAddress,
} from '../../stun/index.ts';
import { CLIENT, Pair } from '../pair.test.support.ts';
import { allocated, failure, onlyAnswer, sendAuthenticated } from '../requests.test.support.ts';

describe('Allocate', () => {
  test('gives the relayed address, the client address and the lifetime', () => {
    const pair = new Pair();
    const client = pair.client();
    client.allocate(0);
    const [event] = pair.run(client);
    assert.deepEqual(event, {
      event: 'allocated',
      relayedAddress: { family: 4, ip: '203.0.113.10', port: 50_000 },
      mappedAddress: CLIENT,
      lifetimeSeconds: 600,
    });
  });

  test('rejects a second Allocate on the same 5-tuple with 437', () => {
    const pair = new Pair();
    const client = allocated(pair);
    client.allocate(0);
    assert.equal(failure(pair.run(client)), 437);
  });

  test('gives a retransmission the same answer again', () => {
    const pair = new Pair();
    const client = pair.client();
    client.allocate(0);
    pair.send(client.pollTransmit()!);
    client.handleMessage(0, pair.takeSent()[0]!.bytes);
    const authenticated = client.pollTransmit()!;
    pair.send(authenticated);
    const first = pair.takeSent()[0]!.bytes;
    pair.send(authenticated);
    assert.deepEqual(pair.takeSent()[0]!.bytes, first);
    assert.equal(pair.actions('openRelay').length, 1);
  });

  test('stays silent to a retransmission while the relay is being opened', () => {
    const pair = new Pair();
    pair.relayResult = 'pending';
    const client = pair.client();
    client.allocate(0);
    pair.send(client.pollTransmit()!);
    client.handleMessage(0, pair.takeSent()[0]!.bytes);
    const authenticated = client.pollTransmit()!;
    pair.send(authenticated);
    pair.send(authenticated);
    assert.deepEqual(pair.takeSent(), []);
    // The bytes of the request belong to its sender, who may reuse them before the relay is open.
    authenticated.fill(0);
    pair.finishRelay(1, { outcome: 'opened', relayedAddress: { family: 4, ip: '203.0.113.10', port: 50_000 } });
    client.handleMessage(0, onlyAnswer(pair).bytes);
    assert.equal(client.pollEvent()?.event, 'allocated');
  });

  test('answers 508 where no port is left, and forgets the client', () => {
    const pair = new Pair();
    pair.relayResult = { outcome: 'noPorts' };
    const client = pair.client();
    client.allocate(0);
    assert.equal(failure(pair.run(client)), 508);
    assert.equal(pair.server.allocationCount, 0);
  });

  test('closes a relay whose client went away while it was being opened', () => {
    const pair = new Pair();
    pair.relayResult = 'pending';
    const client = pair.client();
    client.allocate(0);
    pair.run(client);
    pair.clientGone();
    pair.finishRelay(1, { outcome: 'opened', relayedAddress: { family: 4, ip: '203.0.113.10', port: 50_000 } });
    assert.deepEqual(pair.actions('closeRelay'), [{ action: 'closeRelay', allocation: 1 }]);
    assert.deepEqual(pair.takeSent(), []);
  });

  test('asks for an even port where the client wants one', () => {
    const pair = new Pair();
    allocated(pair);
    const attributes = [attribute(RequestedTransport, 17), attribute(EvenPort, { reserveNext: false })];
    const elsewhere: TransportAddress = { ...CLIENT, port: 40_001 };
    const answer = sendAuthenticated(pair, METHOD_ALLOCATE, attributes, elsewhere);
    assert.deepEqual(
      pair.actions('openRelay').map(({ port }) => port),
      ['any', 'even'],
    );
    assert.equal((readAttribute(answer, XorRelayedAddress)?.port ?? 1) % 2, 0);
  });

  const wrongRequests: [string, AttributeToEncode[], number][] = [
    ['no REQUESTED-TRANSPORT', [], 400],
    ['a transport other than UDP', [attribute(RequestedTransport, 6)], 442],
    [
      'an address family that does not exist',
      [attribute(RequestedTransport, 17), { type: 0x0017, encode: () => Uint8Array.of(9, 0, 0, 0) }],
      440,
    ],
    [
      'an attribute that is not understood',
      [attribute(RequestedTransport, 17), { type: 0x001a, encode: () => new Uint8Array(0) }],
      420,
    ],
    ['a malformed attribute', [{ type: Lifetime.type, encode: () => new Uint8Array(2) }], 400],
  ];
  for (const [what, attributes, code] of wrongRequests) {
    test(`answers ${code} to ${what}`, () => {
      const pair = new Pair();
      const answer = sendAuthenticated(pair, METHOD_ALLOCATE, attributes);
      assert.equal(readAttribute(answer, ErrorCode)?.code, code);
      assert.equal(pair.server.allocationCount, 0);
    });
  }

  const lifetimes: [number, number][] = [
    [0, 600],
    [1, 600],
    [1800, 1800],
    [0xffff_ffff, 3600],
  ];
  for (const [asked, granted] of lifetimes) {
    test(`grants ${granted} s where ${asked} s are asked for`, () => {
      const pair = new Pair();
      const answer = sendAuthenticated(pair, METHOD_ALLOCATE, [
        attribute(RequestedTransport, 17),
        attribute(Lifetime, asked),
      ]);
      assert.equal(readAttribute(answer, Lifetime), granted);
    });
  }
});
