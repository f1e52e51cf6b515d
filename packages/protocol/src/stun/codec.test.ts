import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { writeUint16, writeUint32 } from '../bytes.ts';
import { nodeCrypto } from '../node-crypto.ts';
import { anyMessage } from './arbitrary.test.support.ts';
import {
  attribute,
  Data,
  decodeStun,
  encodeStun,
  Lifetime,
  MAX_ATTRIBUTES,
  METHOD_BINDING,
  MessageIntegrity,
  Nonce,
  Realm,
  readAttribute,
  readAttributes,
  Username,
  verifyIntegrity,
  XorPeerAddress,
} from './index.ts';

const transactionId = new Uint8Array(12).fill(7);
const key = new Uint8Array(16).fill(1);

describe('properties of the STUN codec', () => {
  test('decoding what was encoded gives the same message', () => {
    fc.assert(
      fc.property(anyMessage(), ({ message, expected }) => {
        const decoded = decodeStun(encodeStun(message));
        assert.ok(decoded.ok);
        assert.equal(decoded.message.messageClass, message.messageClass);
        assert.equal(decoded.message.method, message.method);
        assert.deepEqual(decoded.message.malformed, []);
        assert.deepEqual(decoded.message.unknownRequired, []);
        for (const { codec, value } of expected) assert.deepEqual(readAttribute(decoded.message, codec), value);
        if (message.integrity !== undefined) {
          assert.ok(verifyIntegrity(decoded.message, message.integrity.key, nodeCrypto));
        }
      }),
    );
  });

  test('checking a message leaves its bytes alone, also where a socket gave them as a Buffer', () => {
    fc.assert(
      fc.property(anyMessage(), ({ message }) => {
        const bytes = Buffer.from(encodeStun(message));
        const before = Buffer.from(bytes);
        const decoded = decodeStun(bytes);
        if (decoded.ok) verifyIntegrity(decoded.message, key, nodeCrypto);
        assert.deepEqual(bytes, before);
      }),
    );
  });

  test('any bytes decode or fail, and never throw', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => typeof decodeStun(bytes).ok === 'boolean'));
  });

  test('any bytes behind a valid header decode or fail, and never throw', () => {
    const withHeader = fc.uint8Array({ maxLength: 300 }).map((body) => {
      const length = body.length & ~3;
      const bytes = new Uint8Array(20 + length);
      writeUint16(bytes, 2, length);
      writeUint32(bytes, 4, 0x2112_a442);
      bytes.set(body.subarray(0, length), 20);
      return bytes;
    });
    fc.assert(fc.property(withHeader, (bytes) => typeof decodeStun(bytes).ok === 'boolean'));
  });

  test('a message cut at any byte fails', () => {
    fc.assert(
      fc.property(anyMessage(), fc.nat(), ({ message }, cut) => {
        const bytes = encodeStun(message);
        assert.equal(decodeStun(bytes.subarray(0, cut % bytes.length)).ok, false);
      }),
    );
  });
});

describe('what is not a STUN message', () => {
  const valid = encodeStun({ messageClass: 'request', method: METHOD_BINDING, transactionId, attributes: [] });
  const changed = (offset: number, value: number) => Uint8Array.from(valid, (byte, i) => (i === offset ? value : byte));

  test('fewer than 20 bytes fail as tooShort', () => {
    for (let length = 0; length < 20; length++) assertFails(valid.subarray(0, length), 'tooShort', length);
  });
  test('the first two bits must be zero', () => {
    for (const first of [0x40, 0x80, 0xc0, 0xff]) assertFails(changed(0, first), 'notStun', 0);
  });
  test('the magic cookie must be there', () => assertFails(changed(4, 0), 'badMagicCookie', 4));
  test('the length must be in whole words and match the input', () => {
    for (const length of [1, 2, 3, 4, 0xfc]) assertFails(changed(3, length), 'badLength', 2);
  });
  test('an attribute that runs past the end fails', () => {
    const bytes = encodeStun({
      messageClass: 'request',
      method: 1,
      transactionId,
      attributes: [attribute(Lifetime, 1)],
    });
    writeUint16(bytes, 22, 5);
    assertFails(bytes, 'attributeOverrun', 20);
    writeUint16(bytes, 22, 0xffff);
    assertFails(bytes, 'attributeOverrun', 20);
  });
  test('more attributes than anybody needs fail without being read', () => {
    const many = (count: number) => new Array(count).fill(attribute(Data, new Uint8Array(0)));
    const encode = (count: number) =>
      encodeStun({ messageClass: 'request', method: 1, transactionId, attributes: many(count) });
    assert.equal(decodeStun(encode(MAX_ATTRIBUTES)).ok, true);
    assertFails(encode(MAX_ATTRIBUTES + 1), 'tooManyAttributes', 20 + 4 * MAX_ATTRIBUTES);
  });
});

describe('what counts in a message', () => {
  const decode = (bytes: Uint8Array) => {
    const result = decodeStun(bytes);
    assert.ok(result.ok);
    return result.message;
  };

  test('of a repeated attribute the first counts', () => {
    const attributes = [attribute(Lifetime, 1), attribute(Lifetime, 2)];
    const message = decode(encodeStun({ messageClass: 'request', method: 1, transactionId, attributes }));
    assert.equal(readAttribute(message, Lifetime), 1);
    assert.deepEqual(readAttributes(message, Lifetime), [1, 2], 'all are there for attributes that may repeat');
  });

  test('an attribute after MESSAGE-INTEGRITY does not count', () => {
    const bytes = encodeStun({
      messageClass: 'request',
      method: 1,
      transactionId,
      attributes: [attribute(Realm, 'a'), attribute(MessageIntegrity, new Uint8Array(20)), attribute(Nonce, 'late')],
    });
    const message = decode(bytes);
    assert.equal(readAttribute(message, Realm), 'a');
    assert.equal(readAttribute(message, Nonce), undefined);
  });

  test('an unknown attribute counts only where comprehension is required', () => {
    const unknown = (type: number) => ({ type, encode: () => new Uint8Array(3) });
    const attributes = [unknown(0x7fff), unknown(0x8fff), unknown(0x001a)];
    const message = decode(encodeStun({ messageClass: 'request', method: 1, transactionId, attributes }));
    assert.deepEqual(message.unknownRequired, [0x7fff, 0x001a]);
  });

  test('a malformed value is named and reads as absent', () => {
    const attributes = [{ type: Lifetime.type, encode: () => new Uint8Array(3) }];
    const message = decode(encodeStun({ messageClass: 'request', method: 1, transactionId, attributes }));
    assert.deepEqual(message.malformed, [Lifetime.type]);
    assert.equal(readAttribute(message, Lifetime), undefined);
  });

  test('text with control characters or broken UTF-8 is malformed', () => {
    for (const value of ['a\nb', 'a\0', '\x7f', Uint8Array.of(0xc3, 0x28), 'x'.repeat(509)]) {
      const encode = () => (typeof value === 'string' ? Buffer.from(value) : value);
      const attributes = [{ type: Username.type, encode }];
      const message = decode(encodeStun({ messageClass: 'request', method: 1, transactionId, attributes }));
      assert.deepEqual(message.malformed, [Username.type], JSON.stringify(value));
    }
  });

  test('an address of another length than its family has is malformed', () => {
    for (const bytes of [[0, 1, 0, 0, 1, 2, 3], [0, 2, 0, 0, 1, 2, 3, 4], [0, 3, 0, 0, 1, 2, 3, 4], []]) {
      const attributes = [{ type: XorPeerAddress.type, encode: () => Uint8Array.from(bytes) }];
      const message = decode(encodeStun({ messageClass: 'request', method: 1, transactionId, attributes }));
      assert.deepEqual(message.malformed, [XorPeerAddress.type]);
    }
  });

  test('padding is written as zeros', () => {
    const bytes = encodeStun({
      messageClass: 'request',
      method: 1,
      transactionId,
      attributes: [attribute(Realm, 'r')],
    });
    assert.deepEqual([...bytes.subarray(24)], [0x72, 0, 0, 0]);
  });

  test('the integrity of a message without one is not verified', () => {
    const message = decode(encodeStun({ messageClass: 'request', method: 1, transactionId, attributes: [] }));
    assert.equal(verifyIntegrity(message, key, nodeCrypto), false);
  });
});

function assertFails(bytes: Uint8Array, reason: string, offset: number): void {
  assert.deepEqual(decodeStun(bytes), { ok: false, failure: { reason, offset } });
}
