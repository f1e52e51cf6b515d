import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TransportAddress } from '../address.ts';
import { nodeCrypto } from '../node-crypto.ts';
import {
  type AttributeToEncode,
  attribute,
  Data,
  decodeStun,
  ErrorCode,
  EvenPort,
  encodeStun,
  hasAttribute,
  Lifetime,
  METHOD_ALLOCATE,
  METHOD_BINDING,
  METHOD_REFRESH,
  METHOD_SEND,
  MessageIntegrity,
  Nonce,
  Realm,
  RequestedTransport,
  readAttribute,
  type StunMessage,
  UnknownAttributes,
  Username,
  XorMappedAddress,
  XorPeerAddress,
  XorRelayedAddress,
} from '../stun/index.ts';
import type { TurnClient } from '../turn-client/turn-client.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { CLIENT, credentialFor, Pair, PEER } from './pair.test.support.ts';

const transactionId = new Uint8Array(12).fill(3);
const payload = new TextEncoder().encode('media');

function request(method: number, attributes: readonly AttributeToEncode[] = [], fingerprint = false): Uint8Array {
  return encodeStun({ messageClass: 'request', method, transactionId, attributes, fingerprint });
}

function onlyAnswer(pair: Pair, address: TransportAddress = CLIENT): StunMessage {
  const sent = pair.takeSent(address);
  assert.equal(sent.length, 1);
  const decoded = decodeStun(sent[0]!.bytes);
  assert.ok(decoded.ok);
  return decoded.message;
}

function allocated(pair: Pair, client: TurnClient = pair.client()): TurnClient {
  client.allocate(pair.now.monotonic);
  assert.equal(pair.run(client)[0]?.event, 'allocated');
  return client;
}

/** The cause of the one failure that the client met. */
function failure(events: ReturnType<Pair['run']>): number | string | undefined {
  const [event] = events;
  assert.equal(events.length, 1);
  assert.equal(event?.event, 'failed');
  return event?.event === 'failed' ? event.cause : undefined;
}

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

describe('Refresh', () => {
  test('keeps the allocation beyond its first lifetime, and without it the allocation ends', () => {
    const pair = new Pair();
    const client = allocated(pair);
    pair.advance(599_000);
    client.refresh(pair.now.monotonic, 600);
    assert.deepEqual(pair.run(client), [{ event: 'refreshed', lifetimeSeconds: 600 }]);
    pair.advance(599_000);
    assert.equal(pair.server.allocationCount, 1);
    pair.advance(1_000);
    assert.equal(pair.server.allocationCount, 0);
    assert.equal(pair.actions('allocationEnded')[0]?.end, 'expired');
    assert.equal(pair.actions('closeRelay').length, 1);
  });

  test('with zero ends the allocation and answers', () => {
    const pair = new Pair();
    const client = allocated(pair);
    client.refresh(0, 0);
    assert.deepEqual(pair.run(client), [{ event: 'refreshed', lifetimeSeconds: 0 }]);
    assert.equal(pair.actions('allocationEnded')[0]?.end, 'refreshedToZero');
    client.refresh(0, 600);
    assert.equal(failure(pair.run(client)), 437);
  });

  test('of another family answers 443', () => {
    const pair = new Pair();
    allocated(pair);
    const answer = sendAuthenticated(pair, METHOD_REFRESH, [{ type: 0x0017, encode: () => Uint8Array.of(2, 0, 0, 0) }]);
    assert.equal(readAttribute(answer, ErrorCode)?.code, 443);
  });
});

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

describe('channels', () => {
  test('a bound channel comes with a permission, and both are refreshed', () => {
    const pair = new Pair();
    const client = allocated(pair);
    for (const at of [0, 200_000]) {
      pair.now = { ...pair.now, monotonic: at };
      client.bindChannel(at, 0x4000, PEER);
      assert.equal(pair.run(client)[0]?.event, 'channelBound');
      assert.equal(pair.actions('installPermission').at(-1)?.deadline, at + 300_000);
      assert.equal(pair.actions('installChannel').at(-1)?.deadline, at + 600_000);
    }
  });

  test('a number is not bound to another peer, nor a peer to another number, until long after its end', () => {
    const pair = new Pair();
    const client = allocated(pair);
    const other: TransportAddress = { ...PEER, port: 5001 };
    client.bindChannel(0, 0x4000, PEER);
    pair.run(client);
    client.bindChannel(0, 0x4000, other);
    assert.equal(failure(pair.run(client)), 400);
    client.bindChannel(0, 0x4001, PEER);
    assert.equal(failure(pair.run(client)), 400);

    client.refresh(0, 3600);
    pair.run(client);
    pair.advance(899_000);
    client.bindChannel(pair.now.monotonic, 0x4000, other);
    assert.equal(failure(pair.run(client)), 400, 'ended, and in quarantine');
    pair.advance(1_000);
    client.bindChannel(pair.now.monotonic, 0x4000, other);
    assert.equal(pair.run(client)[0]?.event, 'channelBound');
  });

  for (const channelNumber of [0x3fff, 0x8000, 0]) {
    test(`the number ${channelNumber.toString(16)} is outside the range`, () => {
      const pair = new Pair();
      const client = allocated(pair);
      client.bindChannel(0, channelNumber, PEER);
      assert.equal(failure(pair.run(client)), 400);
    });
  }

  test('a denied peer gets 403, another family 443, one too many 508', () => {
    const pair = new Pair();
    const client = allocated(pair);
    client.bindChannel(0, 0x4000, { family: 6, ip: '2001:db8::1', port: 1 });
    assert.equal(failure(pair.run(client)), 443);
    for (let i = 0; i < DEFAULT_LIMITS.channelsPerAllocation; i++) {
      client.bindChannel(0, 0x4000 + i, { ...PEER, port: 10_000 + i });
      assert.equal(pair.run(client)[0]?.event, 'channelBound');
    }
    client.bindChannel(0, 0x5000, { ...PEER, port: 20_000 });
    assert.equal(failure(pair.run(client)), 508);
    pair.verdict = () => ({ allowed: false, rule: 'default' });
    client.bindChannel(0, 0x4000, { ...PEER, port: 10_000 });
    assert.equal(failure(pair.run(client)), 403);
  });
});

describe('Send', () => {
  test('without allocation, peer, data or permission is dropped with its reason', () => {
    const pair = new Pair();
    const send = (attributes: AttributeToEncode[]) =>
      pair.send(encodeStun({ messageClass: 'indication', method: METHOD_SEND, transactionId, attributes }));
    const both = [attribute(XorPeerAddress, PEER), attribute(Data, payload)];
    send(both);
    allocated(pair);
    send(both.slice(0, 1));
    send(both.slice(1));
    send(both);
    send([...both, { type: 0x001a, encode: () => new Uint8Array(0) }]);
    const reasons = pair.actions('drop').map(({ reason }) => reason);
    assert.deepEqual(reasons, ['noAllocation', 'incompleteSend', 'incompleteSend', 'noPermission', 'unknownAttribute']);
    assert.deepEqual(pair.takeSent(), [], 'an indication is never answered');
  });

  test('to a port of a permitted address that the policy denies is dropped', () => {
    const pair = new Pair();
    const client = allocated(pair);
    pair.verdict = ({ peer }) => (peer.port === 22 ? { allowed: false, rule: 'ports' } : { allowed: true });
    client.createPermission(0, [PEER]);
    pair.run(client);
    client.sendIndication({ ...PEER, port: 22 }, payload);
    pair.run(client);
    assert.deepEqual(pair.actions('drop'), [{ action: 'drop', reason: 'peerDenied' }]);
  });
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

/** Sends a request with proven integrity, whatever its attributes, and gives the answer. */
function sendAuthenticated(
  pair: Pair,
  method: number,
  attributes: readonly AttributeToEncode[],
  address: TransportAddress = CLIENT,
): StunMessage {
  pair.send(request(METHOD_ALLOCATE), address);
  const nonce = readAttribute(onlyAnswer(pair, address), Nonce) ?? '';
  const { username, password } = credentialFor();
  const key = nodeCrypto.md5(new TextEncoder().encode(`${username}:pinhole:${password}`));
  const proof = [attribute(Username, username), attribute(Realm, 'pinhole'), attribute(Nonce, nonce)];
  const all = [...attributes, ...proof];
  const integrity = { key, crypto: nodeCrypto };
  pair.send(encodeStun({ messageClass: 'request', method, transactionId, attributes: all, integrity }), address);
  return onlyAnswer(pair, address);
}

test('a Refresh that shortens the lifetime ends the allocation when the shorter one is over', () => {
  const pair = new Pair();
  const client = pair.client();
  client.allocate(0);
  pair.run(client);
  client.refresh(0, 3600);
  pair.run(client);
  pair.advance(600_000);
  client.refresh(pair.now.monotonic, 600);
  pair.run(client);
  pair.advance(599_999);
  assert.equal(pair.server.allocationCount, 1);
  assert.equal(pair.server.pollTimeout(), 1_200_000);
  pair.advance(1);
  assert.equal(pair.server.allocationCount, 0);
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
