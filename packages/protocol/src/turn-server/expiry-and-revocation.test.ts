import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Credential } from '../credentials/time-limited.ts';
import type { TurnClient } from '../turn-client/turn-client.ts';
import { CLIENT, credentialFor, Pair } from './pair.test.support.ts';
import { Revocations } from './revocations.ts';
import { ask, codeOf, provenRequest } from './stranger.test.support.ts';

function allocated(pair: Pair, credential: Credential, port = CLIENT.port): TurnClient {
  const client = pair.client(credential, { ...CLIENT, port });
  client.allocate(pair.now.monotonic);
  assert.equal(pair.run(client, { ...CLIENT, port })[0]?.event, 'allocated');
  return client;
}

/** What the client's next Refresh came to: the seconds granted, or the error. */
function refresh(pair: Pair, client: TurnClient, port = CLIENT.port): { seconds?: number; error?: number | string } {
  client.refresh(pair.now.monotonic, 3600);
  const [event] = pair.run(client, { ...CLIENT, port });
  if (event?.event === 'refreshed') return { seconds: event.lifetimeSeconds };
  return event?.event === 'failed' ? { error: event.cause } : {};
}

describe('the expiry of a credential (security.md row 20)', () => {
  test('new-only: what it has started goes on, and nothing new starts', () => {
    const pair = new Pair();
    const credential = credentialFor('demo', 300);
    const client = allocated(pair, credential);
    pair.advance(400_000);
    assert.deepEqual(refresh(pair, client), { seconds: 3600 });
    assert.equal(codeOf(ask(pair, provenRequest(pair, { credential }), CLIENT)), 437, 'the five-tuple is taken');
    const elsewhere = { ...CLIENT, port: 40_001 };
    const second = pair.client(credential, elsewhere);
    second.allocate(pair.now.monotonic);
    const [event] = pair.run(second, elsewhere);
    assert.equal(event?.event === 'failed' && event.cause, 401);
    assert.equal(pair.actions('authenticationFailed').at(-1)?.reason, 'expiredCredential');
  });

  test('refresh: nothing is refreshed any more, and the allocation ends with its lifetime', () => {
    const pair = new Pair();
    pair.expiry = 'refresh';
    const client = allocated(pair, credentialFor('demo', 300));
    pair.advance(400_000);
    assert.deepEqual(refresh(pair, client), { error: 401 });
    assert.equal(pair.server.allocationCount, 1);
    pair.advance(200_001);
    assert.equal(pair.server.allocationCount, 0);
  });

  test('hard: no lifetime is granted beyond it, and the allocation ends with it', () => {
    const pair = new Pair();
    pair.expiry = 'hard';
    const client = allocated(pair, credentialFor('demo', 300));
    pair.advance(100_000);
    assert.deepEqual(refresh(pair, client), { seconds: 200 });
    pair.advance(199_999);
    assert.equal(pair.server.allocationCount, 1);
    pair.advance(1);
    assert.equal(pair.server.allocationCount, 0);
    assert.equal(pair.actions('allocationEnded').at(-1)?.end, 'expired');
  });

  test('a credential that would outlive a week is 401, whoever made it', () => {
    for (const [seconds, code] of [
      [604_800, undefined],
      [604_801, 401],
      [99_999_999_999, 401],
    ] as const) {
      const pair = new Pair();
      assert.equal(codeOf(ask(pair, provenRequest(pair, { credential: credentialFor('demo', seconds) }))), code);
    }
  });
});

describe('a revocation (security.md row 23)', () => {
  const cases = [
    ['of a username', { username: credentialFor().username }, [0, 1, 1]],
    ['of a key', { appId: 'demo', kid: '1' }, [0, 1, 1]],
    ['of an app', { appId: 'demo' }, [0, 0, 1]],
  ] as const;
  for (const [what, revocation, survivors] of cases) {
    test(`${what} ends what is meant before it returns, and is 401 from then on`, () => {
      const pair = new Pair();
      const credentials = [credentialFor(), credentialFor('demo', 600, undefined, 'n', '2'), credentialFor('other')];
      const clients = credentials.map((credential, i) => allocated(pair, credential, 40_000 + i));
      const ended = survivors.filter((lives) => lives === 0).length;
      assert.deepEqual(pair.revoke(revocation), { endedAllocations: ended, isRemembered: true });
      assert.equal(pair.server.allocationCount, 3 - ended);
      assert.equal(pair.actions('closeRelay').length, ended);
      assert.deepEqual(
        pair.actions('allocationEnded').map(({ end }) => end),
        Array.from({ length: ended }, () => 'revoked'),
      );
      for (const [i, client] of clients.entries()) {
        const expected = survivors[i] === 1 ? { seconds: 3600 } : { error: 401 };
        assert.deepEqual(refresh(pair, client, 40_000 + i), expected);
      }
    });
  }

  test('ends an allocation whose relay is still being opened, and the relay when it comes', () => {
    const pair = new Pair();
    pair.relayResult = 'pending';
    const client = pair.client();
    client.allocate(0);
    pair.run(client);
    assert.equal(pair.revoke({ appId: 'demo' }).endedAllocations, 1);
    pair.finishRelay(1, { outcome: 'opened', relayedAddress: { family: 4, ip: '203.0.113.10', port: 50_000 } });
    assert.equal(pair.actions('closeRelay').length, 1);
    assert.deepEqual(pair.takeSent(), []);
  });

  test('of a username is forgotten when no such credential can be valid any more; of a key never', () => {
    const revocations = new Revocations();
    revocations.add({ username: 'u' }, 0);
    revocations.add({ appId: 'a', kid: '1' }, 0);
    const week = 604_800_000;
    assert.ok(revocations.has('u', { appId: 'b' }, week - 1));
    assert.ok(!revocations.has('u', { appId: 'b' }, week));
    assert.ok(revocations.has('v', { appId: 'a', kid: '1' }, 100 * week));
    revocations.add({ username: 'v' }, week);
    assert.equal(revocations.size, 2, 'the old name is gone');
  });

  test('beyond 100,000 usernames says that it cannot be remembered, and forgets none of the others', () => {
    const revocations = new Revocations();
    for (let i = 0; i < 100_000; i++) assert.ok(revocations.add({ username: `u${i}` }, 0));
    assert.equal(revocations.add({ username: 'one more' }, 0), false);
    assert.ok(revocations.has('u0', { appId: 'a' }, 0));
  });
});
