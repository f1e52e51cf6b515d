import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TransportAddress } from '../address.ts';
import { attribute, METHOD_ALLOCATE, METHOD_BINDING, RequestedTransport, Software } from '../stun/index.ts';
import { AnswerBudget, isFree } from './answer-budget.ts';
import { CLIENT, credentialFor, Pair } from './pair.test.support.ts';
import { ask, bareRequest, codeOf, nonceFor, provenRequest } from './stranger.test.support.ts';

describe('a budget of answers', () => {
  const rate = { perSecond: 10, burst: 3 };
  const taken = (budget: AnswerBudget, ip: string, now: number, times = 10): number =>
    Array.from({ length: times }, () => budget.take(ip, now)).filter((isGranted) => isGranted).length;

  test('grants the burst, then as many as the rate earns, and never saves more than the burst', () => {
    const budget = new AnswerBudget(rate);
    assert.equal(taken(budget, '192.0.2.1', 0), 3);
    assert.equal(taken(budget, '192.0.2.1', 100), 1);
    assert.equal(taken(budget, '192.0.2.1', 100_000), 3);
  });

  test('is one for a /24 and for a /48, and another for the next', () => {
    const budget = new AnswerBudget(rate);
    assert.equal(taken(budget, '192.0.2.1', 0), 3);
    assert.equal(taken(budget, '192.0.2.200', 0), 0);
    assert.equal(taken(budget, '::ffff:192.0.2.7', 0), 3, 'mapped addresses have their own /24');
    assert.equal(taken(budget, '192.0.3.1', 0), 3);
    assert.equal(taken(budget, '2001:db8:1::1', 0), 3);
    assert.equal(taken(budget, '2001:db8:1:ffff::1', 0), 0);
    assert.equal(taken(budget, '2001:db8:2::1', 0), 3);
  });

  test('remembers 16,384 networks, and forgets the one that was quiet for longest', () => {
    const budget = new AnswerBudget(rate);
    taken(budget, '192.0.2.1', 0);
    taken(budget, '192.0.3.1', 0);
    for (let i = 0; i < 16_383; i++) {
      budget.take(`10.${i >> 8}.${i & 0xff}.1`, 0);
      budget.take('192.0.3.1', 0);
    }
    assert.equal(budget.networks, 16_384);
    assert.equal(taken(budget, '192.0.3.1', 0), 0, 'still spent');
    assert.equal(taken(budget, '192.0.2.1', 0), 3, 'forgotten');
  });
});

describe('answers to strangers (security.md row 17)', () => {
  const rate = { perSecond: 1, burst: 2 };
  const padding = [attribute(RequestedTransport, 17), attribute(Software, 'x'.repeat(60))];

  for (const [what, method] of [
    ['a Binding', METHOD_BINDING],
    ['an Allocate without credentials', METHOD_ALLOCATE],
  ] as const) {
    test(`${what} of 20 bytes costs of the budget; beyond it there is silence, counted`, () => {
      const pair = new Pair({ strangerRate: rate });
      for (let i = 0; i < 5; i++) pair.send(bareRequest(method));
      assert.equal(pair.takeSent().length, 2);
      assert.equal(pair.actions('drop').filter(({ reason }) => reason === 'strangerBudget').length, 3);
      pair.advance(1000);
      pair.send(bareRequest(method));
      assert.equal(pair.takeSent().length, 1);
    });
  }

  test('an answer of no more than 1.5 times its request is free', () => {
    const pair = new Pair({ strangerRate: rate });
    for (let i = 0; i < 5; i++) {
      const request = bareRequest(METHOD_ALLOCATE, padding);
      pair.send(request);
      const [answer] = pair.takeSent();
      assert.ok(answer !== undefined && isFree(answer.bytes.length, request.length));
    }
  });

  test('a challenge has 88 bytes', () => {
    const pair = new Pair();
    pair.send(bareRequest(METHOD_ALLOCATE));
    assert.equal(pair.takeSent()[0]?.bytes.length, 88);
  });

  test('another network is answered while one has spent its budget', () => {
    const pair = new Pair({ strangerRate: rate });
    for (let i = 0; i < 5; i++) pair.send(bareRequest(METHOD_BINDING));
    pair.takeSent();
    assert.equal(ask(pair, bareRequest(METHOD_BINDING), { ...CLIENT, ip: '10.0.1.7' }).messageClass, 'success');
  });

  test('streams cost nothing: nobody can forge their address', () => {
    const pair = new Pair({ strangerRate: rate });
    pair.transport = 'tcp';
    for (let i = 0; i < 5; i++) pair.send(bareRequest(METHOD_ALLOCATE));
    assert.equal(pair.takeSent().length, 5);
  });

  test('who has proven a credential is answered however much strangers ask', () => {
    const pair = new Pair({ strangerRate: rate });
    const nonce = nonceFor(pair);
    for (let i = 0; i < 5; i++) pair.send(bareRequest(METHOD_BINDING));
    pair.takeSent();
    assert.equal(ask(pair, provenRequest(pair, { nonce })).messageClass, 'success');
  });
});

describe('wrong credentials (security.md rows 18 and 25)', () => {
  const wrong = { ...credentialFor(), password: 'wrong' };
  const unknown = { username: credentialFor().username.replace('demo', 'omed'), password: 'wrong' };

  test('an unknown user and a wrong password get answers of one size that differ in nothing but the transaction', () => {
    const [a, b] = [wrong, unknown].map((credential) => {
      const pair = new Pair();
      pair.send(provenRequest(pair, { credential }));
      return pair.takeSent().map(({ bytes }) => Buffer.from(bytes.subarray(20)).toString('hex'));
    });
    assert.deepEqual(a, b);
  });

  test('a name that may stand for many is tried with one only where its network has guessed too often', () => {
    const pair = new Pair();
    pair.transport = 'tcp';
    const nonce = nonceFor(pair);
    for (let i = 0; i < 200; i++) pair.send(provenRequest(pair, { nonce, credential: wrong }));
    pair.takeSent();
    pair.decoys = 1;
    pair.send(provenRequest(pair, { nonce }));
    assert.equal(pair.takeSent().length, 0, 'the right one would be the second');
    pair.decoys = 0;
    assert.equal(ask(pair, provenRequest(pair, { nonce })).messageClass, 'success');
    pair.decoys = 5;
    pair.advance(1000);
    assert.equal(codeOf(ask(pair, provenRequest(pair, { nonce }))), 437, 'believed: the five-tuple is taken');
  });

  test('after a burst of them a network is told no more than 20 a second, and a right one still gets in', () => {
    const pair = new Pair();
    pair.transport = 'tcp';
    const nonce = nonceFor(pair);
    const told = (address: TransportAddress = CLIENT): number => {
      for (let i = 0; i < 220; i++) pair.send(provenRequest(pair, { nonce, credential: wrong }), address);
      return pair.takeSent(address).length;
    };
    assert.equal(told(), 200);
    assert.equal(pair.actions('drop').filter(({ reason }) => reason === 'failureBudget').length, 20);
    assert.equal(pair.actions('authenticationFailed').filter(({ reason }) => reason === 'wrongPassword').length, 220);
    pair.advance(1000);
    assert.equal(told(), 20);
    assert.equal(codeOf(ask(pair, provenRequest(pair, { nonce }))), undefined);
  });
});
