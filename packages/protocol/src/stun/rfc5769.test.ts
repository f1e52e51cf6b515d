import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { encodeUtf8 } from '../bytes.ts';
import { longTermKey } from '../credentials/long-term-key.ts';
import { nodeCrypto } from '../node-crypto.ts';
import {
  decodeStun,
  Nonce,
  Realm,
  readAttribute,
  Software,
  type StunMessage,
  Username,
  verifyIntegrity,
  XorMappedAddress,
} from './index.ts';

const vectors = JSON.parse(readFileSync(new URL('../../../../testdata/rfc5769.json', import.meta.url), 'utf8'));

function decodeVector(name: string): StunMessage {
  const result = decodeStun(Buffer.from(vectors[name].hex, 'hex'));
  assert.ok(result.ok, `${name} decodes, with its FINGERPRINT where it has one`);
  return result.message;
}

describe('the sample messages of RFC 5769', () => {
  test('§2.1: a request with short-term credentials', () => {
    const message = decodeVector('request');
    assert.equal(message.messageClass, 'request');
    assert.equal(readAttribute(message, Software), 'STUN test client');
    assert.equal(readAttribute(message, Username), 'evtj:h6vY');
    assert.deepEqual(message.unknownRequired, [0x0024], 'PRIORITY belongs to ICE');
    assert.ok(verifyIntegrity(message, encodeUtf8(vectors.request.password), nodeCrypto));
  });

  test('§2.2: a response with an IPv4 address', () => {
    const message = decodeVector('ipv4Response');
    assert.equal(message.messageClass, 'success');
    assert.deepEqual(readAttribute(message, XorMappedAddress), { family: 4, ip: '192.0.2.1', port: 32853 });
    assert.ok(verifyIntegrity(message, encodeUtf8(vectors.ipv4Response.password), nodeCrypto));
  });

  test('§2.3: a response with an IPv6 address', () => {
    const message = decodeVector('ipv6Response');
    const expected = { family: 6, ip: '2001:db8:1234:5678:11:2233:4455:6677', port: 32853 };
    assert.deepEqual(readAttribute(message, XorMappedAddress), expected);
    assert.ok(verifyIntegrity(message, encodeUtf8(vectors.ipv6Response.password), nodeCrypto));
  });

  test('§2.4: a request with long-term credentials', () => {
    const message = decodeVector('longTermRequest');
    const { username, password, realm } = vectors.longTermRequest;
    assert.equal(readAttribute(message, Username), username);
    assert.equal(readAttribute(message, Realm), realm);
    assert.equal(readAttribute(message, Nonce), 'f//499k954d6OL34oL9FSTvy64sA');
    assert.ok(verifyIntegrity(message, longTermKey({ username, password }, realm, nodeCrypto), nodeCrypto));
  });

  test('a changed byte breaks the integrity, and the fingerprint where there is one', () => {
    const bytes = Buffer.from(vectors.longTermRequest.hex, 'hex');
    bytes[30] = (bytes[30] ?? 0) ^ 0x01;
    const result = decodeStun(bytes);
    const { password, realm, username } = vectors.longTermRequest;
    const key = longTermKey({ username, password }, realm, nodeCrypto);
    assert.equal(result.ok && verifyIntegrity(result.message, key, nodeCrypto), false);

    const withFingerprint = Buffer.from(vectors.request.hex, 'hex');
    withFingerprint[30] = (withFingerprint[30] ?? 0) ^ 0x01;
    assert.deepEqual(decodeStun(withFingerprint), { ok: false, failure: { reason: 'badFingerprint', offset: 100 } });
  });
});
