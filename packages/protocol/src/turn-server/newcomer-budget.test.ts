import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TransportAddress } from '../address.ts';
import { encodeStun, METHOD_BINDING } from '../stun/index.ts';
import { CLIENT, Pair } from './pair.test.support.ts';

const STRANGER: TransportAddress = { family: 4, ip: '192.0.2.9', port: 1234 };
const binding = encodeStun({
  messageClass: 'request',
  method: METHOD_BINDING,
  transactionId: new Uint8Array(12),
  attributes: [],
});

/** A server whose newcomers have used up all that it has for them, and a client that has an allocation. */
function flooded() {
  const pair = new Pair({ newcomerRate: { perSecond: 10, burst: 10 } });
  const client = pair.client();
  client.allocate(pair.now.monotonic);
  assert.equal(pair.run(client)[0]?.event, 'allocated');
  for (let i = 0; i < 20; i++) pair.send(binding, STRANGER);
  assert.ok(pair.actions('drop').some(({ reason }) => reason === 'newcomerBudget'));
  pair.takeSent(STRANGER);
  return { pair, client };
}

test('in a flood a newcomer over UDP gets nothing, and an answer again a tenth of a second later', () => {
  const { pair } = flooded();
  pair.send(binding, STRANGER);
  assert.equal(pair.takeSent(STRANGER).length, 0);
  pair.advance(100);
  pair.send(binding, STRANGER);
  assert.equal(pair.takeSent(STRANGER).length, 1);
});

test('in a flood a client with an allocation is heard at once', () => {
  const { pair, client } = flooded();
  client.refresh(pair.now.monotonic, 600);
  assert.equal(pair.run(client, CLIENT)[0]?.event, 'refreshed');
});

test('in a flood over UDP a newcomer over TCP is heard: nobody can forge its address', () => {
  const { pair } = flooded();
  pair.transport = 'tcp';
  pair.send(binding, STRANGER);
  assert.equal(pair.takeSent(STRANGER).length, 1);
});
