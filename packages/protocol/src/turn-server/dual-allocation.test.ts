import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TransportAddress } from '../address.ts';
import {
  AdditionalAddressFamily,
  AddressErrorCode,
  type AttributeToEncode,
  attribute,
  ChannelNumber,
  Data,
  EvenPort,
  encodeStun,
  Lifetime,
  METHOD_ALLOCATE,
  METHOD_CHANNEL_BIND,
  METHOD_CREATE_PERMISSION,
  METHOD_REFRESH,
  METHOD_SEND,
  RequestedAddressFamily,
  RequestedTransport,
  readAttribute,
  readAttributes,
  type StunMessage,
  XorPeerAddress,
  XorRelayedAddress,
} from '../stun/index.ts';
import { Pair, PEER, SERVER, SERVER_IPV6 } from './pair.test.support.ts';
import type { RelayResult } from './relay-result.ts';
import { ask, codeOf, provenRequest } from './stranger.test.support.ts';

const UDP = attribute(RequestedTransport, 17);
const BOTH = [UDP, attribute(AdditionalAddressFamily, 2)];
const PEER_6: TransportAddress = { family: 6, ip: '2001:db8::99', port: 5000 };
const IPV4 = attribute(RequestedAddressFamily, 1);
const IPV6 = attribute(RequestedAddressFamily, 2);

function request(pair: Pair, method: number, attributes: readonly AttributeToEncode[]): StunMessage {
  return ask(pair, provenRequest(pair, { method }, attributes));
}

function dual(): Pair {
  const pair = new Pair();
  assert.equal(codeOf(request(pair, METHOD_ALLOCATE, BOTH)), undefined);
  return pair;
}

function bind(pair: Pair, number: number, peer: TransportAddress): number | undefined {
  const attributes = [attribute(ChannelNumber, number), attribute(XorPeerAddress, peer)];
  return codeOf(request(pair, METHOD_CHANNEL_BIND, attributes));
}

/** The reason why what was sent to the peer got nowhere; nothing where it went out. */
function dropOf(pair: Pair, peer: TransportAddress): string | undefined {
  const [sent, dropped] = [pair.actions('sendToPeer').length, pair.actions('drop').length];
  const attributes = [attribute(XorPeerAddress, peer), attribute(Data, Uint8Array.of(1))];
  pair.send(
    encodeStun({ messageClass: 'indication', method: METHOD_SEND, transactionId: new Uint8Array(12), attributes }),
  );
  assert.equal(pair.actions('sendToPeer').length + pair.actions('drop').length, sent + dropped + 1);
  return pair.actions('drop')[dropped]?.reason;
}

describe('REQUESTED-ADDRESS-FAMILY', () => {
  for (const [asked, ip] of [
    [1, SERVER.ip],
    [2, SERVER_IPV6],
  ] as const) {
    test(`of ${asked} gives a relayed address of that family`, () => {
      const answer = request(new Pair(), METHOD_ALLOCATE, [UDP, attribute(RequestedAddressFamily, asked)]);
      assert.equal(readAttribute(answer, XorRelayedAddress)?.ip, ip);
    });
  }

  test('of a family that the datapath has no address of gets 440', () => {
    const pair = new Pair();
    pair.relayResult = { outcome: 'familyNotSupported' };
    assert.equal(codeOf(request(pair, METHOD_ALLOCATE, [UDP, IPV6])), 440);
    assert.equal(pair.server.allocationCount, 0);
  });

  test('keeps peers of the other family out: 443', () => {
    const pair = new Pair();
    request(pair, METHOD_ALLOCATE, [UDP, IPV6]);
    assert.equal(codeOf(request(pair, METHOD_CREATE_PERMISSION, [attribute(XorPeerAddress, PEER)])), 443);
    assert.equal(bind(pair, 0x4000, PEER), 443);
    assert.equal(bind(pair, 0x4000, PEER_6), undefined);
  });
});

describe('ADDITIONAL-ADDRESS-FAMILY', () => {
  test('gives an address of each family, IPv4 first, for one allocation', () => {
    const pair = new Pair();
    const answer = request(pair, METHOD_ALLOCATE, BOTH);
    assert.deepEqual(
      readAttributes(answer, XorRelayedAddress).map(({ ip }) => ip),
      [SERVER.ip, SERVER_IPV6],
    );
    assert.equal(readAttribute(answer, AddressErrorCode), undefined);
    assert.equal(pair.server.allocationCount, 1);
    assert.equal(pair.actions('allocationOpened').length, 1);
  });

  const opened4 = { outcome: 'opened', relayedAddress: { family: 4, ip: SERVER.ip, port: 50_000 } } as const;
  const opened6 = { outcome: 'opened', relayedAddress: { family: 6, ip: SERVER_IPV6, port: 50_000 } } as const;
  const partial: [string, RelayResult, number, number][] = [
    ['IPv6 is not supported', { ...opened4, additional: { outcome: 'familyNotSupported' } }, 2, 440],
    ['IPv6 has no port', { ...opened4, additional: { outcome: 'noPorts' } }, 2, 508],
    ['nothing is said of IPv6', opened4, 2, 508],
    ['IPv4 is not supported', { outcome: 'familyNotSupported', additional: opened6 }, 1, 440],
    ['IPv4 has no port', { outcome: 'noPorts', additional: opened6 }, 1, 508],
  ];
  for (const [what, result, family, code] of partial) {
    test(`where ${what} gives the other one, and ADDRESS-ERROR-CODE ${code}`, () => {
      const pair = new Pair();
      pair.relayResult = result;
      const answer = request(pair, METHOD_ALLOCATE, BOTH);
      assert.equal(readAttributes(answer, XorRelayedAddress).length, 1);
      const failed = readAttribute(answer, AddressErrorCode);
      assert.deepEqual([failed?.family, failed?.error.code], [family, code]);
      assert.equal(bind(pair, 0x4000, family === 2 ? PEER_6 : PEER), 443);
      assert.equal(bind(pair, 0x4000, family === 2 ? PEER : PEER_6), undefined);
    });
  }

  test('where neither can be had gets the error of the first', () => {
    const pair = new Pair();
    pair.relayResult = { outcome: 'noPorts', additional: { outcome: 'familyNotSupported' } };
    assert.equal(codeOf(request(pair, METHOD_ALLOCATE, BOTH)), 508);
    assert.equal(pair.server.allocationCount, 0);
  });

  test('closes both where the client went while they were being opened', () => {
    const pair = new Pair();
    pair.relayResult = 'pending';
    pair.send(provenRequest(pair, {}, BOTH));
    pair.clientGone();
    pair.finishRelay(1, { outcome: 'noPorts', additional: opened6 });
    assert.deepEqual(pair.actions('closeRelay'), [{ action: 'closeRelay', allocation: 1 }]);
  });

  const contradictions: [string, AttributeToEncode[]][] = [
    ['of IPv4', [UDP, attribute(AdditionalAddressFamily, 1)]],
    ['of no family that there is', [UDP, attribute(AdditionalAddressFamily, 9)]],
    ['beside REQUESTED-ADDRESS-FAMILY', [...BOTH, IPV4]],
    ['beside EVEN-PORT with the R bit', [...BOTH, attribute(EvenPort, { reserveNext: true })]],
  ];
  for (const [what, attributes] of contradictions) {
    test(`${what} gets 400`, () => assert.equal(codeOf(request(new Pair(), METHOD_ALLOCATE, attributes)), 400));
  }
});

describe('an allocation of both families', () => {
  test('takes permissions, channels and data of both', () => {
    const pair = dual();
    const peers = [attribute(XorPeerAddress, PEER), attribute(XorPeerAddress, PEER_6)];
    assert.equal(codeOf(request(pair, METHOD_CREATE_PERMISSION, peers)), undefined);
    assert.equal(bind(pair, 0x4000, PEER), undefined);
    assert.equal(bind(pair, 0x4001, PEER_6), undefined);
    for (const peer of [PEER, PEER_6]) {
      assert.equal(dropOf(pair, peer), undefined);
      pair.peerSends(1, peer, Uint8Array.of(1));
      assert.equal(pair.takeSent().length, 1);
    }
  });

  test('is no peer of itself over either address', () => {
    const pair = dual();
    assert.equal(bind(pair, 0x4000, { family: 4, ip: SERVER.ip, port: 50_000 }), 403);
    assert.equal(bind(pair, 0x4000, { family: 6, ip: SERVER_IPV6, port: 50_001 }), 403);
  });

  test('loses one family by a Refresh to zero, with its permissions and channels, and no other', () => {
    const pair = dual();
    for (const [i, peer] of [PEER, PEER_6].entries()) bind(pair, 0x4000 + i, peer);
    const answer = request(pair, METHOD_REFRESH, [IPV6, attribute(Lifetime, 0)]);
    assert.equal(readAttribute(answer, Lifetime), 0);
    assert.deepEqual(pair.actions('closeRelay'), [{ action: 'closeRelay', allocation: 1, family: 6 }]);
    assert.deepEqual(pair.actions('allocationEnded'), []);
    assert.equal(dropOf(pair, PEER_6), 'noPermission');
    assert.equal(dropOf(pair, PEER), undefined);
    assert.equal(bind(pair, 0x4001, PEER_6), 443);
    assert.equal(bind(pair, 0x4001, { ...PEER, port: 6000 }), undefined, 'the number is free again');
    assert.equal(codeOf(request(pair, METHOD_REFRESH, [IPV6])), 443);

    request(pair, METHOD_REFRESH, [IPV4, attribute(Lifetime, 0)]);
    assert.equal(pair.server.allocationCount, 0);
    assert.equal(pair.actions('allocationEnded')[0]?.end, 'refreshedToZero');
    assert.deepEqual(pair.actions('closeRelay').at(-1), { action: 'closeRelay', allocation: 1 });
  });

  test('is refreshed as a whole without a family, and by one with it', () => {
    const pair = dual();
    pair.advance(500_000);
    request(pair, METHOD_REFRESH, [IPV4]);
    pair.advance(99_999);
    assert.deepEqual(pair.actions('closeRelay'), []);
    pair.advance(1);
    assert.deepEqual(pair.actions('closeRelay'), [{ action: 'closeRelay', allocation: 1, family: 6 }]);
    assert.equal(pair.server.allocationCount, 1);
    pair.advance(500_000);
    assert.equal(pair.server.allocationCount, 0);
    assert.equal(pair.actions('allocationEnded')[0]?.end, 'expired');

    const whole = dual();
    whole.advance(500_000);
    request(whole, METHOD_REFRESH, []);
    whole.advance(599_999);
    assert.deepEqual(whole.actions('closeRelay'), []);
    whole.advance(1);
    assert.deepEqual(whole.actions('closeRelay'), [{ action: 'closeRelay', allocation: 1 }]);
  });

  test('ends whole by a Refresh to zero without a family', () => {
    const pair = dual();
    request(pair, METHOD_REFRESH, [attribute(Lifetime, 0)]);
    assert.deepEqual(pair.actions('closeRelay'), [{ action: 'closeRelay', allocation: 1 }]);
    assert.equal(pair.server.allocationCount, 0);
  });

  test('counts as one for the quota', () => {
    const pair = new Pair();
    pair.limits = { ...pair.limits, allocationsPerUser: 1 };
    assert.equal(codeOf(request(pair, METHOD_ALLOCATE, BOTH)), undefined);
    request(pair, METHOD_REFRESH, [IPV6, attribute(Lifetime, 0)]);
    request(pair, METHOD_REFRESH, [attribute(Lifetime, 0)]);
    assert.equal(codeOf(request(pair, METHOD_ALLOCATE, BOTH)), undefined);
  });
});

test('Refresh of an IPv4 allocation for IPv6, or for no family that there is, gets 443', () => {
  const pair = new Pair();
  request(pair, METHOD_ALLOCATE, [UDP]);
  assert.equal(codeOf(request(pair, METHOD_REFRESH, [IPV6])), 443);
  assert.equal(codeOf(request(pair, METHOD_REFRESH, [attribute(RequestedAddressFamily, 9)])), 443);
  assert.equal(codeOf(request(pair, METHOD_REFRESH, [IPV4])), undefined);
});
