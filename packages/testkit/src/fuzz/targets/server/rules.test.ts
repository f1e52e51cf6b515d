// The rules that the fuzzer holds the server to must themselves notice a server that breaks them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeStun, type FiveTuple, type TurnServerAction } from '@pinhole/protocol';
import { nodeCrypto } from '@pinhole/protocol/node-crypto';
import { CLIENTS, isMadeByKnownUser, keysOf, PEERS, USERS } from './cast.ts';
import { type Cause, Rules } from './rules.ts';

const [owner, stranger] = CLIENTS as [FiveTuple, FiveTuple];
const [known, , , unknown] = USERS;
const peer = PEERS[0]!;
const open: TurnServerAction = {
  action: 'openRelay',
  allocation: 1,
  appId: 'demo',
  family: 4,
  port: 'any',
  fiveTuple: owner,
};
const permit = { action: 'installPermission', allocation: 1, peerIp: peer.ip, deadline: 300_000 } as const;
const toPeer = { action: 'sendToPeer', allocation: 1, peer, bytes: Uint8Array.of(1) } as const;

function request(key: Uint8Array | undefined, from = owner): Extract<Cause, { input: 'message' }> {
  const integrity = key === undefined ? {} : { integrity: { key, crypto: nodeCrypto } };
  const header = { messageClass: 'request', method: 3, transactionId: new Uint8Array(12) } as const;
  return { input: 'message', from, bytes: encodeStun({ ...header, attributes: [], ...integrity }) };
}

const believed = request(keysOf(known!)[0]);

function withRelay(): Rules {
  const rules = new Rules();
  rules.check(believed, [open], 0);
  return rules;
}

test('a request is believed with the key of a known user, and not with that of an unknown one or with none', () => {
  assert.equal(isMadeByKnownUser(believed.bytes), true);
  assert.equal(isMadeByKnownUser(request(keysOf(unknown!)[0]).bytes), false);
  assert.equal(isMadeByKnownUser(request(undefined).bytes), false);
});

test('notices a relay for somebody who is not known', () => {
  assert.throws(() => new Rules().check(request(undefined), [open], 0), /state before authentication/);
});

test('notices state out of the passing of time', () => {
  assert.throws(() => new Rules().check({ input: 'time' }, [open], 0), /state out of time/);
});

test("notices a permission that one client installs in another's allocation", () => {
  const intruder = request(keysOf(known!)[0], stranger);
  assert.throws(() => withRelay().check(intruder, [permit], 0), /another client's allocation/);
});

test('notices a permission that lasts longer than five minutes', () => {
  assert.throws(() => withRelay().check(believed, [{ ...permit, deadline: 300_001 }], 0), /lasts too long/);
});

test('notices bytes to a peer without permission, and after its end', () => {
  const rules = withRelay();
  assert.throws(() => rules.check(believed, [toPeer], 0), /without permission/);
  rules.check(believed, [permit], 0);
  rules.check(believed, [toPeer], 299_999);
  assert.throws(() => rules.check(believed, [toPeer], 300_000), /without permission/);
});

test('notices an answer to somebody who did not ask, a second answer, and one to an indication', () => {
  const answer: TurnServerAction = { action: 'sendToClient', fiveTuple: owner, bytes: believed.bytes };
  const check = (cause: Cause, actions: TurnServerAction[]) => () => new Rules().check(cause, actions, 0);
  assert.throws(check({ ...believed, from: stranger }, [answer]), /did not ask/);
  assert.throws(check(believed, [answer, answer]), /more than one/);
  assert.throws(
    check({ ...believed, bytes: Uint8Array.from([0, 0x16, ...new Uint8Array(18)]) }, [answer]),
    /no request/,
  );
});

test('a relay that is not closed stays on the list of what is open', () => {
  const rules = withRelay();
  assert.deepEqual(rules.openRelays, [1]);
  rules.check({ input: 'time' }, [{ action: 'closeRelay', allocation: 1 }], 0);
  assert.deepEqual(rules.openRelays, []);
});
