import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { nodeCrypto } from '../node-crypto.ts';
import { mintCredential, parseTimeLimitedUsername } from './time-limited.ts';

test('a credential is a username that tells all, and its HMAC as password', () => {
  const { username, password } = mintCredential(
    { appId: 'demo', kid: '1', nonce: 'n0', user: 'ward-7:bed 2', key: 'secret', expiresAt: 1_800_000_000 },
    nodeCrypto,
  );
  assert.equal(username, '1800000000:demo.1.n0:ward-7:bed 2');
  assert.equal(password, createHmac('sha1', 'secret').update(username).digest('base64'));
  const parts = { expiresAt: 1_800_000_000, appId: 'demo', kid: '1', nonce: 'n0', user: 'ward-7:bed 2' };
  assert.deepEqual(parseTimeLimitedUsername(username), parts);
});

test('an app id with a separator in it is refused: the username would name another app', () => {
  const options = { appId: 'a.b', kid: '1', nonce: 'n', key: 's', expiresAt: 1 };
  assert.throws(() => mintCredential(options, nodeCrypto), /appId may hold/);
});

test('usernames of other shapes are not ours', () => {
  const others = [
    '',
    'alice',
    '1800000000',
    '1800000000:alice',
    '-1:a.b.c',
    '9999999999999:a.b.c',
    '1e9:a.b.c',
    '1:a.b',
    '1:a..c',
  ];
  for (const username of others) assert.equal(parseTimeLimitedUsername(username), undefined, username);
});
