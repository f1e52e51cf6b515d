import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { longTermKey, userhash } from '../credentials/long-term-key.ts';
import { readNonceCookie } from '../credentials/nonce-cookie.ts';
import { nodeCrypto } from '../node-crypto.ts';
import {
  attribute,
  decodeStun,
  encodeStun,
  METHOD_BINDING,
  Nonce,
  PASSWORD_ALGORITHM_SHA256,
  PasswordAlgorithm,
  Realm,
  readAttribute,
  Userhash,
  verifyIntegrity,
} from './index.ts';

const vectors = JSON.parse(readFileSync(new URL('../../../../testdata/rfc8489.json', import.meta.url), 'utf8'));
const { username, password, realm, nonce, hex } = vectors.longTermRequest;
const bytes = Buffer.from(hex, 'hex');
const key = longTermKey({ username, password }, realm, nodeCrypto, 'sha256');
const choice = { algorithm: PASSWORD_ALGORITHM_SHA256, parameters: new Uint8Array(0) };

test('RFC 8489 B.1: a request with a SHA-256 key, MESSAGE-INTEGRITY-SHA256 and USERHASH is read and proven', () => {
  const decoded = decodeStun(bytes);
  assert.ok(decoded.ok);
  const { message } = decoded;
  assert.deepEqual(readAttribute(message, PasswordAlgorithm), choice);
  assert.equal(readAttribute(message, Nonce), nonce);
  assert.deepEqual(readNonceCookie(nonce), { passwordAlgorithms: false, usernameAnonymity: true });
  assert.deepEqual(message.unknownRequired, [Userhash.type], 'the server does not offer USERHASH');
  assert.ok(verifyIntegrity(message, key, nodeCrypto));
  assert.ok(!verifyIntegrity(message, longTermKey({ username, password }, realm, nodeCrypto, 'md5'), nodeCrypto));
});

test('RFC 8489 B.1: the same request comes out of our encoder, byte for byte', () => {
  const encoded = encodeStun({
    messageClass: 'request',
    method: METHOD_BINDING,
    transactionId: bytes.subarray(8, 20),
    attributes: [
      attribute(Userhash, userhash(username, realm, nodeCrypto)),
      attribute(Nonce, nonce),
      attribute(Realm, realm),
      attribute(PasswordAlgorithm, choice),
    ],
    integrity: { key, hash: 'sha256', crypto: nodeCrypto },
  });
  assert.equal(Buffer.from(encoded).toString('hex'), hex);
});
