import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import type { AppConfig } from '@pinhole/contract';
import { type FiveTuple, mintCredential, passwordFor } from '@pinhole/protocol';
import { nodeCrypto } from '@pinhole/protocol/node-crypto';
import { credentialFinder } from './credentials.ts';

const OLD = 'the old secret of the demo app 32';
const NEW = 'the new secret of the demo app 32';
const SHARED = ['shared secret one of 32 characters', 'shared secret two of 32 characters'];
// The start of each one's SHA-256.
const [ONE, TWO] = SHARED.map((s) => `shared.${createHash('sha256').update(s).digest('hex').slice(0, 8)}`);
const demo: AppConfig = { id: 'demo', secret: OLD, keys: [{ kid: '2', secret: NEW }], upstreams: [], expiry: 'hard' };
const rest: AppConfig = { id: 'rest', secret: OLD, sharedSecrets: SHARED.map((secret) => ({ secret })), upstreams: [] };

const AT: FiveTuple = {
  transport: 'udp',
  clientAddress: { family: 4, ip: '192.0.2.1', port: 4000 },
  serverAddress: { family: 4, ip: '203.0.113.10', port: 3478 },
};

function minted(kid: string, key: string, appId = 'demo') {
  return mintCredential({ appId, kid, nonce: 'n', user: 'bed 2', key, expiresAt: 1_800_000_000 }, nodeCrypto);
}

describe('credentials with several keys', () => {
  test('each key of an app makes valid ones, which tell the key, the user and the expiry policy', () => {
    const { findCredentials } = credentialFinder([demo, rest]);
    for (const [kid, key] of [
      ['1', OLD],
      ['2', NEW],
    ] as const) {
      const { username, password } = minted(kid, key);
      const expected = { appId: 'demo', kid, expiresAt: 1_800_000_000, password, expiry: 'hard', user: 'bed 2' };
      assert.deepEqual([...findCredentials(username, AT)], [expected]);
    }
  });

  test('a key or an app that is not there makes none', () => {
    const { findCredentials } = credentialFinder([demo]);
    assert.deepEqual([...findCredentials(minted('3', NEW).username, AT)], []);
    assert.deepEqual([...findCredentials(minted('1', OLD, 'nobody').username, AT)], []);
  });
});

describe('credentials of TURN REST backends', () => {
  const finder = () => credentialFinder([demo, rest]);
  const kids = (found: Iterable<{ kid?: string }>) => [...found].map(({ kid }) => kid);

  for (const username of ['1800000000', '1800000000:alice', '1800000000:@a:b.example', '1800000000:a.b.c']) {
    test(`"${username}" is tried with each shared secret`, () => {
      const found = [...finder().findCredentials(username, AT)];
      assert.deepEqual(
        found.map(({ appId, password, expiresAt }) => [appId, password, expiresAt]),
        SHARED.map((secret) => ['rest', passwordFor(username, secret, nodeCrypto), 1_800_000_000]),
      );
    });
  }

  // security.md row 20.
  for (const username of ['', 'alice', '-1:a', '1e9:a', '0x10:a', ' 1:a', '9223372036854775808:a', '1800000000:']) {
    test(`"${username}" is nobody's`, () => assert.deepEqual([...finder().findCredentials(username, AT)], []));
  }

  test('the secret that fitted comes first the next time, and the others still after it', () => {
    const { findCredentials, noteProven } = finder();
    const username = '1800000000:alice';
    assert.deepEqual(kids(findCredentials(username, AT)), [ONE, TWO]);
    noteProven(username, [...findCredentials(username, AT)][1]!);
    assert.deepEqual(kids(findCredentials(username, AT)), [TWO, ONE]);
  });

  test('a secret that is bound to a listener holds there and nowhere else', () => {
    const bound = {
      ...rest,
      sharedSecrets: [
        { secret: SHARED[0]!, port: 3478 },
        { secret: SHARED[1]!, port: 443 },
      ],
    };
    const { findCredentials, noteProven } = credentialFinder([bound]);
    const elsewhere = { ...AT, serverAddress: { ...AT.serverAddress, port: 443 } };
    const username = '1800000000:alice';
    assert.deepEqual(kids(findCredentials(username, AT)), [ONE]);
    noteProven(username, [...findCredentials(username, AT)][0]!);
    assert.deepEqual(kids(findCredentials(username, elsewhere)), [TWO]);
  });

  test('no more than 10,000 names are remembered', () => {
    const { findCredentials, noteProven } = finder();
    const [, second] = findCredentials('1800000000:0', AT);
    for (let i = 0; i <= 10_000; i++) noteProven(`1800000000:${i}`, second!);
    assert.deepEqual(kids(findCredentials('1800000000:0', AT)), [ONE, TWO]);
    assert.deepEqual(kids(findCredentials('1800000000:1', AT)), [TWO, ONE]);
  });

  test('a name of our own shape is never tried with them', () => {
    assert.deepEqual(kids(finder().findCredentials(minted('1', OLD).username, AT)), ['1']);
  });
});
