import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TransportAddress } from '../address.ts';
import type { Credential } from '../credentials/time-limited.ts';
import type { TurnClient, TurnClientEvent } from '../turn-client/turn-client.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { CLIENT, credentialFor, Pair, PEER } from './pair.test.support.ts';

function at(port: number): TransportAddress {
  return { ...CLIENT, port };
}

/** Allocates from a port of its own; gives the client, and what it learned. */
function allocate(pair: Pair, port: number, credential: Credential): { client: TurnClient; outcome: unknown } {
  const client = pair.client(credential, at(port));
  client.allocate(pair.now.monotonic);
  return { client, outcome: outcomeOf(pair.run(client, at(port))) };
}

function outcomeOf(events: readonly TurnClientEvent[]): unknown {
  const [event] = events;
  return event?.event === 'failed' ? event.cause : event?.event;
}

describe('limits on allocations', () => {
  test('a user at the limit gets 486, whatever the credential, and others go on', () => {
    const pair = new Pair();
    pair.limits = { ...DEFAULT_LIMITS, allocationsPerUser: 2 };
    assert.equal(allocate(pair, 1, credentialFor('demo', 3600, 'alice', 'a')).outcome, 'allocated');
    assert.equal(allocate(pair, 2, credentialFor('demo', 7200, 'alice', 'b')).outcome, 'allocated');
    assert.equal(allocate(pair, 3, credentialFor('demo', 3600, 'alice', 'c')).outcome, 486);
    assert.deepEqual(pair.actions('allocationRefused'), [
      { action: 'allocationRefused', appId: 'demo', reason: 'userQuota' },
    ]);
    assert.equal(allocate(pair, 4, credentialFor('demo', 3600, 'bob')).outcome, 'allocated');
    assert.equal(allocate(pair, 5, credentialFor('other', 3600, 'alice')).outcome, 'allocated', 'of another app');
  });

  test('a credential that names no user counts for itself', () => {
    const pair = new Pair();
    pair.limits = { ...DEFAULT_LIMITS, allocationsPerUser: 1 };
    assert.equal(allocate(pair, 1, credentialFor('demo', 3600, undefined, 'a')).outcome, 'allocated');
    assert.equal(allocate(pair, 2, credentialFor('demo', 3600, undefined, 'a')).outcome, 486);
    assert.equal(allocate(pair, 3, credentialFor('demo', 3600, undefined, 'b')).outcome, 'allocated');
    assert.equal(allocate(pair, 4, credentialFor('demo', 3600, '', 'b')).outcome, 'allocated');
    assert.equal(allocate(pair, 5, credentialFor('demo', 3600, '', 'c')).outcome, 'allocated');
  });

  test('an app at the limit gets 486, and other apps go on', () => {
    const pair = new Pair();
    pair.limits = { ...DEFAULT_LIMITS, allocationsPerApp: 1 };
    assert.equal(allocate(pair, 1, credentialFor('demo', 3600, 'alice')).outcome, 'allocated');
    assert.equal(allocate(pair, 2, credentialFor('demo', 3600, 'bob')).outcome, 486);
    assert.equal(pair.actions('allocationRefused')[0]?.reason, 'appQuota');
    assert.equal(allocate(pair, 3, credentialFor('other', 3600, 'bob')).outcome, 'allocated');
  });

  test('a full server answers 508', () => {
    const pair = new Pair();
    pair.limits = { ...DEFAULT_LIMITS, allocations: 1 };
    assert.equal(allocate(pair, 1, credentialFor('demo')).outcome, 'allocated');
    assert.equal(allocate(pair, 2, credentialFor('other')).outcome, 508);
    assert.equal(pair.actions('allocationRefused')[0]?.reason, 'edgeCapacity');
  });

  const ends: [string, (pair: Pair, client: TurnClient) => void][] = [
    [
      'a Refresh to zero',
      (pair, client) => {
        client.refresh(pair.now.monotonic, 0);
        pair.run(client, at(1));
      },
    ],
    ['the end of its lifetime', (pair) => pair.advance(600_000)],
    ["the end of the client's connection", (pair) => pair.clientGone(at(1))],
  ];
  for (const [what, end] of ends) {
    test(`${what} gives the quota back at once, and once only`, () => {
      const pair = new Pair();
      pair.limits = { ...DEFAULT_LIMITS, allocationsPerUser: 1, allocationsPerApp: 1, allocations: 1 };
      const { client } = allocate(pair, 1, credentialFor());
      assert.equal(allocate(pair, 2, credentialFor()).outcome, 486);
      end(pair, client);
      assert.equal(allocate(pair, 2, credentialFor()).outcome, 'allocated');
      assert.equal(allocate(pair, 3, credentialFor()).outcome, 486);
    });
  }

  test('a relay that could not be opened takes no quota', () => {
    const pair = new Pair();
    pair.limits = { ...DEFAULT_LIMITS, allocationsPerUser: 1 };
    pair.relayResult = { outcome: 'noPorts' };
    assert.equal(allocate(pair, 1, credentialFor()).outcome, 508);
    assert.equal(pair.actions('allocationRefused')[0]?.reason, 'noPorts');
    pair.relayResult = undefined;
    assert.equal(allocate(pair, 1, credentialFor()).outcome, 'allocated');
  });

  test('an allocation whose relay is still being opened counts', () => {
    const pair = new Pair();
    pair.limits = { ...DEFAULT_LIMITS, allocationsPerUser: 1 };
    pair.relayResult = 'pending';
    assert.equal(allocate(pair, 1, credentialFor()).outcome, undefined);
    assert.equal(allocate(pair, 2, credentialFor()).outcome, 486);
  });

  test('a limit that sinks below what there is ends nothing, and lets nothing in', () => {
    const pair = new Pair();
    const { client } = allocate(pair, 1, credentialFor());
    pair.limits = { ...DEFAULT_LIMITS, allocationsPerUser: 0 };
    client.refresh(pair.now.monotonic, 600);
    assert.equal(outcomeOf(pair.run(client, at(1))), 'refreshed');
    assert.equal(allocate(pair, 2, credentialFor()).outcome, 486);
  });
});

test('permissions and channels of one allocation end at their limits with 508, and what is there can be refreshed', () => {
  const pair = new Pair();
  pair.limits = { ...DEFAULT_LIMITS, permissionsPerAllocation: 2, channelsPerAllocation: 1 };
  const { client } = allocate(pair, 1, credentialFor());
  const attempts: [() => void, unknown][] = [
    [() => client.bindChannel(0, 0x4000, PEER), 'channelBound'],
    [() => client.bindChannel(0, 0x4001, { ...PEER, port: 6000 }), 508],
    [() => client.createPermission(0, [{ ...PEER, ip: '198.51.100.11' }]), 'permitted'],
    [() => client.createPermission(0, [{ ...PEER, ip: '198.51.100.12' }]), 508],
    [() => client.bindChannel(0, 0x4000, PEER), 'channelBound'],
    [() => client.createPermission(0, [PEER]), 'permitted'],
  ];
  for (const [attempt, expected] of attempts) {
    attempt();
    assert.equal(outcomeOf(pair.run(client, at(1))), expected);
  }
});

describe('the range of channel numbers', () => {
  for (const [range, last] of [
    ['wide', 0x7fff],
    ['strict', 0x4fff],
  ] as const) {
    test(`${range} ends at ${last.toString(16)}; what is beyond gets 400`, () => {
      const pair = new Pair({ channelNumbers: range });
      const { client } = allocate(pair, 1, credentialFor());
      client.bindChannel(0, last, PEER);
      assert.equal(outcomeOf(pair.run(client, at(1))), 'channelBound');
      client.bindChannel(0, last + 1, { ...PEER, port: 6000 });
      assert.equal(outcomeOf(pair.run(client, at(1))), 400);
    });
  }
});
