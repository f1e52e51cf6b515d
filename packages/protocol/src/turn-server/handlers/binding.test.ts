import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TransportAddress } from '../../address.ts';
import type { FiveTuple } from '../../five-tuple.ts';
import { nodeCrypto } from '../../node-crypto.ts';
import {
  attribute,
  ChangeRequest,
  type ChangeRequestValue,
  decodeStun,
  ErrorCode,
  encodeStun,
  METHOD_BINDING,
  OtherAddress,
  ResponseOrigin,
  readAttribute,
  type StunMessage,
  UnknownAttributes,
} from '../../stun/index.ts';
import { findAlternates } from '../alternate-addresses.ts';
import { TurnServer } from '../turn-server.ts';

const at = (ip: string, port: number): TransportAddress => ({ family: 4, ip, port });
const A1 = at('203.0.113.10', 3478);
const SQUARE = [A1, at('203.0.113.10', 3479), at('203.0.113.11', 3478), at('203.0.113.11', 3479)];

function ask(
  listening: TransportAddress[],
  change?: ChangeRequestValue,
): { from: TransportAddress; answer: StunMessage } {
  const server = new TurnServer({
    realm: 'pinhole',
    crypto: nodeCrypto,
    nonceKey: new Uint8Array(32),
    findCredentials: () => [],
    judgePeer: () => ({ allowed: false, rule: 'none' }),
    alternatesOf: (address) => findAlternates(address, listening),
  });
  const fiveTuple: FiveTuple = { transport: 'udp', clientAddress: at('192.0.2.1', 5000), serverAddress: A1 };
  const attributes = change === undefined ? [] : [attribute(ChangeRequest, change)];
  const bytes = encodeStun({
    messageClass: 'request',
    method: METHOD_BINDING,
    transactionId: new Uint8Array(12),
    attributes,
  });
  server.handleMessage({ monotonic: 0, unix: 0 }, fiveTuple, bytes);
  const action = server.pollAction();
  assert.equal(action?.action, 'sendToClient');
  const decoded = decodeStun(action.bytes);
  assert.ok(decoded.ok);
  return { from: action.fiveTuple.serverAddress, answer: decoded.message };
}

describe('NAT behaviour discovery (RFC 5780) with two addresses and two ports', () => {
  const cases: [string, ChangeRequestValue | undefined, TransportAddress][] = [
    ['the address that was asked, without CHANGE-REQUEST', undefined, A1],
    ['the address that was asked, with an empty CHANGE-REQUEST', { changeIp: false, changePort: false }, A1],
    ['the other port', { changeIp: false, changePort: true }, at('203.0.113.10', 3479)],
    ['the other IP', { changeIp: true, changePort: false }, at('203.0.113.11', 3478)],
    ['the other IP and port', { changeIp: true, changePort: true }, at('203.0.113.11', 3479)],
  ];
  for (const [what, change, from] of cases) {
    test(`answers from ${what}, and says so`, () => {
      const reply = ask(SQUARE, change);
      assert.deepEqual(reply.from, from);
      assert.deepEqual(readAttribute(reply.answer, ResponseOrigin), from);
      assert.deepEqual(readAttribute(reply.answer, OtherAddress), at('203.0.113.11', 3479));
    });
  }
});

test('without all four addresses there is no OTHER-ADDRESS, and CHANGE-REQUEST is answered with 420', () => {
  for (const listening of [[A1], SQUARE.slice(0, 3), [A1, at('0.0.0.0', 3479), at('0.0.0.0', 3478)]]) {
    assert.equal(readAttribute(ask(listening).answer, OtherAddress), undefined);
    const { answer } = ask(listening, { changeIp: true, changePort: false });
    assert.equal(readAttribute(answer, ErrorCode)?.code, 420);
    assert.deepEqual(readAttribute(answer, UnknownAttributes), [ChangeRequest.type]);
  }
});
