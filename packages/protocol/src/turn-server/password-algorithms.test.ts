import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { longTermKey, userhash } from '../credentials/long-term-key.ts';
import { nonceCookie, readNonceCookie } from '../credentials/nonce-cookie.ts';
import { nodeCrypto } from '../node-crypto.ts';
import {
  attribute,
  hasAttribute,
  integrityHash,
  METHOD_ALLOCATE,
  Nonce,
  PASSWORD_ALGORITHM_MD5,
  PASSWORD_ALGORITHM_SHA256,
  PasswordAlgorithms,
  readAttribute,
  Software,
  UnknownAttributes,
  Userhash,
  verifyIntegrity,
} from '../stun/index.ts';
import { credentialFor, Pair } from './pair.test.support.ts';
import { ask, bareRequest, codeOf, type Forgery, nonceFor, OFFER, provenRequest } from './stranger.test.support.ts';

describe('password algorithms (RFC 8489 §9.2)', () => {
  test('401 offers SHA-256 before MD5, and the nonce says that it does', () => {
    const answer = ask(new Pair(), bareRequest(METHOD_ALLOCATE));
    assert.deepEqual(
      readAttribute(answer, PasswordAlgorithms)?.map(({ algorithm }) => algorithm),
      [PASSWORD_ALGORITHM_SHA256, PASSWORD_ALGORITHM_MD5],
    );
    const features = { passwordAlgorithms: true, usernameAnonymity: false };
    assert.deepEqual(readNonceCookie(readAttribute(answer, Nonce) ?? ''), features);
    assert.ok(!hasAttribute(answer, Software));
  });

  const accepted: [string, Forgery, 'sha1' | 'sha256'][] = [
    ['an old client, which knows neither', {}, 'sha1'],
    ['MD5 with MESSAGE-INTEGRITY-SHA256 and no choice', { hash: 'sha256' }, 'sha256'],
    ['a SHA-256 key', { chosen: 2, offered: OFFER, key: 'sha256', hash: 'sha256' }, 'sha256'],
    ['an MD5 key by choice', { chosen: 1, offered: OFFER, hash: 'sha256' }, 'sha256'],
    ['a SHA-256 key with MESSAGE-INTEGRITY', { chosen: 2, offered: OFFER, key: 'sha256' }, 'sha1'],
  ];
  for (const [what, forgery, hash] of accepted) {
    test(`${what} is let in, and answered with the integrity of its request`, () => {
      const pair = new Pair();
      const answer = ask(pair, provenRequest(pair, forgery));
      assert.equal(answer.messageClass, 'success');
      assert.equal(integrityHash(answer), hash);
      assert.ok(verifyIntegrity(answer, longTermKey(credentialFor(), 'pinhole', nodeCrypto, forgery.key), nodeCrypto));
    });
  }

  const bidDown: [string, Forgery][] = [
    ['a choice without the offer', { chosen: 2, key: 'sha256', hash: 'sha256' }],
    ['the offer without a choice', { offered: OFFER }],
    ['an offer shortened to MD5', { chosen: 1, offered: [PASSWORD_ALGORITHM_MD5] }],
    ['an offer in another order', { chosen: 1, offered: [1, 2] }],
    ['a choice that was not offered', { chosen: 3, offered: OFFER }],
  ];
  for (const [what, forgery] of bidDown) {
    test(`row 22: ${what} is 400`, () => {
      const pair = new Pair();
      assert.equal(codeOf(ask(pair, provenRequest(pair, forgery))), 400);
      assert.equal(pair.actions('authenticationFailed').at(-1)?.reason, 'bidDown');
      assert.equal(pair.server.allocationCount, 0);
    });
  }

  test('row 22: a nonce of ours whose cookie was changed or cut off is 400', () => {
    const none = nonceCookie({ passwordAlgorithms: false, usernameAnonymity: false });
    for (const cookie of [none, '', 'obMatJos2']) {
      const pair = new Pair();
      const nonce = cookie + nonceFor(pair).slice(13);
      assert.equal(codeOf(ask(pair, provenRequest(pair, { nonce }))), 400, cookie);
    }
  });

  test('a MESSAGE-INTEGRITY-SHA256 that was cut short is 401', () => {
    const pair = new Pair();
    const whole = provenRequest(pair, { hash: 'sha256' });
    const cut = whole.slice(0, -16);
    cut[3] = (cut[3] ?? 0) - 16;
    cut[cut.length - 17] = 16;
    assert.equal(codeOf(ask(pair, cut)), 401);
  });

  test('USERHASH in place of the username is 420 that names it: it was not offered', () => {
    const pair = new Pair();
    const user = attribute(Userhash, userhash(credentialFor().username, 'pinhole', nodeCrypto));
    const answer = ask(pair, provenRequest(pair, { user }));
    assert.equal(codeOf(answer), 420);
    assert.deepEqual(readAttribute(answer, UnknownAttributes), [Userhash.type]);
  });
});

describe('the nonce (security.md row 19)', () => {
  test('has 32 characters and no state: another client, an hour later and a changed character are 438', () => {
    const pair = new Pair();
    const nonce = nonceFor(pair);
    assert.equal(nonce.length, 32);
    const elsewhere = { family: 4, ip: '10.0.0.7', port: 40_001 } as const;
    assert.equal(codeOf(ask(pair, provenRequest(pair, { nonce }), elsewhere)), 438);
    const changed = nonce.slice(0, -1) + (nonce.endsWith('A') ? 'B' : 'A');
    assert.equal(codeOf(ask(pair, provenRequest(pair, { nonce: changed }))), 438);
    pair.advance(3_601_000);
    assert.equal(codeOf(ask(pair, provenRequest(pair, { nonce }))), 438);
  });

  test('a nonce from a clock more than five minutes ahead is 438', () => {
    const pair = new Pair();
    pair.now = { ...pair.now, unix: pair.now.unix + 301 };
    const nonce = nonceFor(pair);
    pair.now = { ...pair.now, unix: pair.now.unix - 301 };
    assert.equal(codeOf(ask(pair, provenRequest(pair, { nonce }))), 438);
  });
});
