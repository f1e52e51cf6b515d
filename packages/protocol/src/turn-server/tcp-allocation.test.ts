import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TransportAddress } from '../address.ts';
import {
  type AttributeToEncode,
  attribute,
  ChannelNumber,
  ConnectionId,
  Data,
  decodeStun,
  EvenPort,
  encodeStun,
  Lifetime,
  METHOD_ALLOCATE,
  METHOD_CHANNEL_BIND,
  METHOD_CONNECT,
  METHOD_CONNECTION_ATTEMPT,
  METHOD_CONNECTION_BIND,
  METHOD_CREATE_PERMISSION,
  METHOD_REFRESH,
  METHOD_SEND,
  MobilityTicket,
  RequestedTransport,
  readAttribute,
  type StunMessage,
  XorPeerAddress,
} from '../stun/index.ts';
import { CLIENT, credentialFor, Pair, PEER } from './pair.test.support.ts';
import { ask, codeOf, nonceFor, provenRequest } from './stranger.test.support.ts';

const DATA_STREAM: TransportAddress = { ...CLIENT, port: 40_001 };
const TCP = attribute(RequestedTransport, 6);

function request(
  pair: Pair,
  method: number,
  attributes: readonly AttributeToEncode[],
  address: TransportAddress = CLIENT,
  credential = credentialFor(),
): StunMessage {
  const nonce = nonceFor(pair, address);
  return ask(pair, provenRequest(pair, { method, nonce, credential }, attributes), address);
}

function tcpPair(tcpRelay: (appId: string) => boolean = (appId) => appId === 'demo'): Pair {
  const pair = new Pair({ tcpRelay, mobility: true });
  pair.transport = 'tcp';
  return pair;
}

function allocated(): Pair {
  const pair = tcpPair();
  assert.equal(request(pair, METHOD_ALLOCATE, [TCP]).messageClass, 'success');
  return pair;
}

/** Sends a Connect, which is answered when the datapath has done it. */
function startConnect(pair: Pair, peer: TransportAddress = PEER): void {
  const bytes = provenRequest(pair, { method: METHOD_CONNECT }, [attribute(XorPeerAddress, peer)]);
  pair.send(bytes);
}

function onlySent(pair: Pair): StunMessage {
  const [sent, ...more] = pair.takeSent();
  assert.ok(sent !== undefined && more.length === 0);
  const decoded = decodeStun(sent.bytes);
  assert.ok(decoded.ok);
  return decoded.message;
}

function connected(pair: Pair, peer: TransportAddress = PEER): number {
  startConnect(pair, peer);
  pair.finishConnect(1, peer, true);
  return readAttribute(onlySent(pair), ConnectionId)!;
}

function bind(pair: Pair, id: number, credential = credentialFor(), address = DATA_STREAM): StunMessage {
  return request(pair, METHOD_CONNECTION_BIND, [attribute(ConnectionId, id)], address, credential);
}

test('gives a TCP allocation where the app has it on, over a stream; 442 where it is off, and 400 over UDP', () => {
  const pair = allocated();
  assert.deepEqual(
    pair.actions('openRelay').map(({ relayTransport }) => relayTransport),
    ['tcp'],
  );
  assert.equal(
    codeOf(
      request(
        tcpPair(() => false),
        METHOD_ALLOCATE,
        [TCP],
      ),
    ),
    442,
  );
  const other = tcpPair();
  assert.equal(codeOf(request(other, METHOD_ALLOCATE, [TCP], CLIENT, credentialFor('other'))), 442);
  other.transport = 'udp';
  assert.equal(codeOf(request(other, METHOD_ALLOCATE, [TCP])), 400);
});

test('refuses EVEN-PORT with 400 and MOBILITY-TICKET with 405 on a TCP allocation', () => {
  const pair = tcpPair();
  const even = attribute(EvenPort, { reserveNext: false });
  assert.equal(codeOf(request(pair, METHOD_ALLOCATE, [TCP, even])), 400);
  assert.equal(codeOf(request(pair, METHOD_ALLOCATE, [TCP, attribute(MobilityTicket, new Uint8Array(0))])), 405);
});

test('relays no datagrams for a TCP allocation: ChannelBind is refused with 400, Send is dropped', () => {
  const pair = allocated();
  const peer = attribute(XorPeerAddress, PEER);
  assert.equal(request(pair, METHOD_CREATE_PERMISSION, [peer]).messageClass, 'success');
  assert.equal(codeOf(request(pair, METHOD_CHANNEL_BIND, [attribute(ChannelNumber, 0x4000), peer])), 400);
  const attributes = [peer, attribute(Data, new Uint8Array(4))];
  const transactionId = new Uint8Array(12);
  pair.send(encodeStun({ messageClass: 'indication', method: METHOD_SEND, transactionId, attributes }));
  assert.equal(pair.actions('sendToPeer').length, 0);
});

test('refuses a Connect to a denied peer with 403, without a peer with 400, and without a TCP allocation', () => {
  const pair = allocated();
  pair.verdict = () => ({ allowed: false, rule: 'test' });
  assert.equal(codeOf(request(pair, METHOD_CONNECT, [attribute(XorPeerAddress, PEER)])), 403);
  assert.equal(codeOf(request(pair, METHOD_CONNECT, [])), 400);
  assert.equal(codeOf(request(pair, METHOD_CONNECT, [attribute(XorPeerAddress, PEER)], DATA_STREAM)), 437);
  assert.equal(pair.actions('connectPeer').length, 0);
  const udp = tcpPair();
  request(udp, METHOD_ALLOCATE, [attribute(RequestedTransport, 17)]);
  assert.equal(codeOf(request(udp, METHOD_CONNECT, [attribute(XorPeerAddress, PEER)])), 400);
});

test('refuses a second Connect to the same peer with 446, while it connects and once it has; after its end it may', () => {
  const pair = allocated();
  startConnect(pair);
  assert.equal(codeOf(request(pair, METHOD_CONNECT, [attribute(XorPeerAddress, PEER)])), 446);
  pair.finishConnect(1, PEER, true);
  const id = readAttribute(onlySent(pair), ConnectionId)!;
  assert.equal(codeOf(request(pair, METHOD_CONNECT, [attribute(XorPeerAddress, PEER)])), 446);
  assert.equal(bind(pair, id).messageClass, 'success');
  assert.equal(codeOf(request(pair, METHOD_CONNECT, [attribute(XorPeerAddress, PEER)])), 446);
  pair.clientGone(DATA_STREAM);
  assert.deepEqual(pair.actions('closePeer').length, 1);
  assert.notEqual(connected(pair), id);
});

test('answers a Connect that fails with 447, and one that takes 10 s', () => {
  const pair = allocated();
  startConnect(pair);
  pair.finishConnect(1, PEER, false);
  assert.equal(codeOf(onlySent(pair)), 447);
  startConnect(pair);
  pair.advance(9_999);
  assert.equal(pair.takeSent().length, 0);
  pair.advance(1);
  assert.equal(codeOf(onlySent(pair)), 447);
  assert.equal(pair.actions('closePeer').length, 1);
  pair.finishConnect(1, PEER, true);
  assert.equal(pair.takeSent().length, 0);
});

test('binds a stream of the same user to the connection, once; 400 for a wrong id, 441 for another user', () => {
  const pair = allocated();
  const id = connected(pair);
  assert.equal(codeOf(bind(pair, id ^ 1)), 400);
  assert.equal(codeOf(bind(pair, id, credentialFor('demo', 86_400, 'somebody else'))), 441);
  assert.equal(codeOf(bind(pair, id, credentialFor(), CLIENT)), 400);
  assert.equal(bind(pair, id).messageClass, 'success');
  const [join] = pair.actions('joinPeer');
  assert.deepEqual(join?.peer, PEER);
  assert.deepEqual(join?.fiveTuple, pair.fiveTuple(DATA_STREAM));
  assert.equal(codeOf(bind(pair, id, credentialFor(), { ...CLIENT, port: 40_002 })), 400);
  assert.equal(codeOf(bind(pair, connected(pair, { ...PEER, port: 1 }))), 400);
});

test('refuses a ConnectionBind over UDP with 400', () => {
  const pair = allocated();
  const id = connected(pair);
  pair.transport = 'udp';
  assert.equal(codeOf(bind(pair, id)), 400);
});

test('closes a connection that nobody was bound to for 30 s, and keeps one that somebody was', () => {
  const pair = allocated();
  const id = connected(pair);
  const other = connected(pair, { ...PEER, port: 1 });
  assert.equal(bind(pair, other).messageClass, 'success');
  pair.advance(29_999);
  assert.equal(pair.actions('closePeer').length, 0);
  pair.advance(1);
  assert.deepEqual(
    pair.actions('closePeer').map(({ peer }) => peer),
    [PEER],
  );
  assert.equal(codeOf(bind(pair, id, credentialFor(), { ...CLIENT, port: 40_002 })), 400);
});

test('tells the client of a peer that connects with a permission, and closes one without', () => {
  const pair = allocated();
  pair.peerConnects(1, PEER);
  assert.equal(pair.actions('closePeer').length, 1);
  request(pair, METHOD_CREATE_PERMISSION, [attribute(XorPeerAddress, PEER)]);
  pair.peerConnects(1, PEER);
  const attempt = onlySent(pair);
  assert.deepEqual([attempt.messageClass, attempt.method], ['indication', METHOD_CONNECTION_ATTEMPT]);
  assert.deepEqual(readAttribute(attempt, XorPeerAddress), PEER);
  assert.equal(bind(pair, readAttribute(attempt, ConnectionId)!).messageClass, 'success');
  pair.advance(300_000);
  pair.peerConnects(1, { ...PEER, port: 1 });
  assert.equal(pair.actions('closePeer').length, 2);
});

test('ends all connections with the allocation, and those that new rules no longer allow', () => {
  const pair = allocated();
  const id = connected(pair);
  bind(pair, connected(pair, { ...PEER, port: 1 }));
  pair.verdict = ({ peer }) => (peer.port === 1 ? { allowed: false, rule: 'test' } : { allowed: true });
  pair.rejudge();
  assert.deepEqual(
    pair.actions('closePeer').map(({ peer }) => peer.port),
    [1],
  );
  request(pair, METHOD_REFRESH, [attribute(Lifetime, 0)]);
  assert.equal(pair.actions('closeRelay').length, 1);
  assert.equal(codeOf(bind(pair, id)), 400);
});

test('holds no more connections than channels are allowed', () => {
  const pair = allocated();
  pair.limits = { ...pair.limits, channelsPerAllocation: 1 };
  connected(pair);
  assert.equal(codeOf(request(pair, METHOD_CONNECT, [attribute(XorPeerAddress, { ...PEER, port: 1 })])), 508);
});
