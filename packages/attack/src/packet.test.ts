import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  attribute,
  decodeStun,
  Lifetime,
  METHOD_BINDING,
  METHOD_REFRESH,
  readAttribute,
  verifyIntegrity,
} from '@pinhole/protocol';
import { nodeCrypto } from '@pinhole/protocol/node-crypto';
import { Answer } from './answer.ts';
import { attributeBytes, channelData, packet } from './packet.ts';

const transactionId = Buffer.alloc(12, 5);
const integrityKey = Buffer.alloc(16, 9);

describe('a packet of the suite', () => {
  test('is one that the codec reads and finds intact, where it breaks no rule', () => {
    const parts = [attribute(Lifetime, 77), { integrityKey }, { fingerprint: 'right' } as const];
    const decoded = decodeStun(packet({ method: METHOD_REFRESH, transactionId, parts }));
    assert.ok(decoded.ok);
    assert.equal(readAttribute(decoded.message, Lifetime), 77);
    assert.ok(verifyIntegrity(decoded.message, integrityKey, nodeCrypto));
  });

  test('has integrity over what comes before it, and none over what follows', () => {
    const parts = [{ integrityKey }, attribute(Lifetime, 0)];
    const decoded = decodeStun(packet({ method: METHOD_REFRESH, transactionId, parts }));
    assert.ok(decoded.ok);
    assert.equal(readAttribute(decoded.message, Lifetime), undefined);
    assert.ok(verifyIntegrity(decoded.message, integrityKey, nodeCrypto));
  });

  test('has the wrong fingerprint where one is asked for', () => {
    const parts = [{ fingerprint: 'wrong' } as const];
    const decoded = decodeStun(packet({ method: METHOD_BINDING, transactionId, parts }));
    assert.deepEqual(decoded, { ok: false, failure: { reason: 'badFingerprint', offset: 20 } });
  });

  test('lies about its length and its cookie where it is told to', () => {
    const bytes = packet({ method: METHOD_BINDING, transactionId, cookie: 7, declaredLength: 0xffff });
    assert.equal(bytes.readUInt16BE(2), 0xffff);
    assert.equal(bytes.readUInt32BE(4), 7);
    assert.equal(bytes.length, 20);
  });

  test('has attributes and ChannelData of any declared length', () => {
    assert.deepEqual([...attributeBytes(0x8022, Buffer.of(1), 400)], [0x80, 0x22, 1, 144, 1, 0, 0, 0]);
    assert.deepEqual([...channelData(0x4000, Buffer.of(1), 400)], [0x40, 0, 1, 144, 1]);
  });
});

describe('an answer', () => {
  test('is read with the bytes of its padding, also where they are not zero', () => {
    const bytes = attributeBytes(0x8022, Buffer.of(1));
    bytes.fill(0xee, 5);
    const answer = Answer.read(
      packet({ messageClass: 'success', method: METHOD_BINDING, transactionId, parts: [{ bytes }] }),
    );
    assert.deepEqual([...(answer?.attributes[0]?.padding ?? [])], [0xee, 0xee, 0xee]);
  });

  test('is none where the bytes are no STUN', () => {
    assert.equal(Answer.read(channelData(0x4000, Buffer.alloc(20))), undefined);
    assert.equal(Answer.read(Buffer.alloc(19)), undefined);
  });
});
