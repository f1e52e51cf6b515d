import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nonceCookie } from '../credentials/nonce-cookie.ts';
import { nodeCrypto } from '../node-crypto.ts';
import {
  type AttributeToEncode,
  attribute,
  decodeStun,
  encodeStun,
  METHOD_ALLOCATE,
  Nonce,
  PasswordAlgorithms,
  Realm,
  Userhash,
} from '../stun/index.ts';
import { readChallenge } from './challenge.ts';

const credential = { username: 'alice', password: 'secret' };
const parameters = new Uint8Array(0);

function challengeOf(nonce: string, attributes: readonly AttributeToEncode[] = []): ReturnType<typeof readChallenge> {
  const bytes = encodeStun({
    messageClass: 'error',
    method: METHOD_ALLOCATE,
    transactionId: new Uint8Array(12),
    attributes: [attribute(Realm, 'r'), attribute(Nonce, nonce), ...attributes],
  });
  const decoded = decodeStun(bytes);
  assert.ok(decoded.ok);
  return readChallenge(decoded.message, credential, nodeCrypto);
}

const withAlgorithms = `${nonceCookie({ passwordAlgorithms: true, usernameAnonymity: false })}x`;

test('a server without nonce cookie gets MD5 and MESSAGE-INTEGRITY', () => {
  const challenge = challengeOf('plain');
  assert.equal(challenge?.integrity.hash, 'sha1');
  assert.deepEqual(challenge?.integrity.key, nodeCrypto.md5(new TextEncoder().encode('alice:r:secret')));
});

test('a server that offers algorithms gets the first that we know, and the offer back', () => {
  const offered = [9, 2, 1].map((algorithm) => ({ algorithm, parameters }));
  const challenge = challengeOf(withAlgorithms, [attribute(PasswordAlgorithms, offered)]);
  assert.equal(challenge?.integrity.hash, 'sha256');
  assert.deepEqual(challenge?.integrity.key, nodeCrypto.sha256(new TextEncoder().encode('alice:r:secret')));
  assert.ok(challenge?.proof.some(({ type }) => type === PasswordAlgorithms.type));
});

test('a challenge whose cookie promises algorithms and that has none is not answered: somebody took them away', () => {
  assert.equal(challengeOf(withAlgorithms), undefined);
  const unknown = attribute(PasswordAlgorithms, [{ algorithm: 9, parameters }]);
  assert.equal(challengeOf(withAlgorithms, [unknown]), undefined, 'none that we know');
});

test('a server that offers anonymity gets USERHASH in place of the username', () => {
  const challenge = challengeOf(nonceCookie({ passwordAlgorithms: false, usernameAnonymity: true }));
  assert.equal(challenge?.proof[0]?.type, Userhash.type);
});
