import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Ladder, type LadderAction } from './ladder.ts';
import { TRANSPORTS, type Transport } from './transports.ts';

const timing = { stagger: 200, grace: 500, budget: 9000 };

/** Runs a ladder whose attempts end by themselves: after so many milliseconds, or never. */
function run(answers: Partial<Record<Transport, { after: number; works: boolean }>>, transports = TRANSPORTS) {
  const ladder = new Ladder(transports, timing, 0);
  const log: { at: number; action: LadderAction }[] = [];
  const arrivals: { at: number; transport: Transport; works: boolean }[] = [];
  let now = 0;
  for (let step = 0; step < 100; step++) {
    for (let action = ladder.pollAction(); action !== undefined; action = ladder.pollAction()) {
      log.push({ at: now, action });
      const answer = action.type === 'begin' ? answers[action.transport] : undefined;
      if (action.type === 'begin' && answer !== undefined) {
        arrivals.push({ at: now + answer.after, transport: action.transport, works: answer.works });
      }
    }
    arrivals.sort((a, b) => a.at - b.at);
    const due = ladder.pollTimeout();
    const arrival = arrivals[0];
    if (due === undefined) return { log, at: (type: string) => log.find((entry) => entry.action.type === type)?.at };
    if (arrival !== undefined && arrival.at <= due) {
      arrivals.shift();
      now = arrival.at;
      ladder.handleResult(now, arrival.transport, arrival.works);
    } else {
      assert.ok(due >= now, 'a ladder never asks for a time that has passed');
      now = due;
      ladder.handleTimeout(now);
    }
  }
  assert.fail('the ladder does not end');
}

function choice(log: readonly { at: number; action: LadderAction }[]): string | undefined {
  const entry = log.find(({ action }) => action.type === 'choose');
  return entry?.action.type === 'choose' ? `${entry.action.transport} ${entry.action.why} ${entry.at}` : undefined;
}

test('chooses UDP the moment it works, without having begun the others', () => {
  const { log } = run({
    udp: { after: 80, works: true },
    tcp: { after: 10, works: true },
    tls: { after: 10, works: true },
  });
  assert.equal(choice(log), 'udp best-works 80');
  assert.deepEqual(log.map(({ action }) => action.type).slice(0, 2), ['begin', 'choose']);
});

test('tries the rest after the choice, so that a call has something to fall back to', () => {
  const { log } = run({
    udp: { after: 80, works: true },
    tcp: { after: 10, works: true },
    tls: { after: 10, works: false },
  });
  const begun = log.filter(({ action }) => action.type === 'begin').map(({ at }) => at);
  assert.deepEqual(begun, [0, 200, 400]);
  assert.deepEqual(log.at(-1), { at: 410, action: { type: 'finish' } });
});

test('a UDP that never answers costs the stagger and the grace, and no more', () => {
  const { log } = run({ tcp: { after: 60, works: true }, tls: { after: 90, works: true } });
  assert.equal(choice(log), `tcp better-too-slow ${200 + 60 + 500}`);
});

test('a UDP that fails at once costs nothing: TCP begins right then', () => {
  const { log } = run({ udp: { after: 5, works: false }, tcp: { after: 60, works: true } });
  assert.equal(choice(log), 'tcp better-failed 65');
});

test('within the grace time, a better transport still wins over one that worked first', () => {
  const { log } = run({ udp: { after: 600, works: true }, tcp: { after: 60, works: true } });
  assert.equal(choice(log), 'udp best-works 600');
});

test('chooses TLS where nothing else works', () => {
  const { log } = run({
    udp: { after: 5, works: false },
    tcp: { after: 5, works: false },
    tls: { after: 70, works: true },
  });
  assert.equal(choice(log), 'tls better-failed 80');
});

test('says that there was no choice where only one transport is allowed', () => {
  assert.equal(choice(run({ tls: { after: 70, works: true } }, ['tls']).log), 'tls only-one 70');
});

test('fails as soon as all have failed', () => {
  const dead = { after: 10, works: false };
  const { log, at } = run({ udp: dead, tcp: dead, tls: dead });
  assert.equal(at('fail'), 30);
  assert.equal(choice(log), undefined);
});

test('abandons what has not answered at the end of the budget, and fails', () => {
  const { log, at } = run({});
  assert.equal(at('fail'), 9000);
  const abandoned = log.flatMap(({ action }) => (action.type === 'abandon' ? [action.transport] : []));
  assert.deepEqual(abandoned, ['udp', 'tcp', 'tls']);
});

test('begins nothing where the session request has used the whole budget', () => {
  const ladder = new Ladder(TRANSPORTS, { ...timing, budget: 0 }, 50);
  assert.deepEqual(ladder.pollAction(), { type: 'fail' });
  assert.equal(ladder.pollTimeout(), undefined);
});

test('ignores a result that comes twice, or after the attempt was abandoned', () => {
  const ladder = new Ladder(['udp'], timing, 0);
  ladder.handleTimeout(9000);
  ladder.handleResult(9001, 'udp', true);
  const actions: (LadderAction | undefined)[] = [ladder.pollAction(), ladder.pollAction(), ladder.pollAction()];
  assert.deepEqual(
    actions.map((action) => action?.type),
    ['begin', 'abandon', 'fail'],
  );
  assert.equal(ladder.pollAction(), undefined);
});

test('for any answers: ends within the budget, chooses something that works where anything does in time', () => {
  const answer = fc.option(fc.record({ after: fc.integer({ min: 0, max: 12_000 }), works: fc.boolean() }), {
    nil: undefined,
  });
  fc.assert(
    fc.property(answer, answer, answer, (udp, tcp, tls) => {
      const given = { ...(udp && { udp }), ...(tcp && { tcp }), ...(tls && { tls }) };
      const { log } = run(given);
      const last = log.at(-1);
      assert.ok(last !== undefined && last.at <= timing.budget);
      const chosen = log.flatMap(({ action }) => (action.type === 'choose' ? [action.transport] : []));
      const worked = TRANSPORTS.filter((transport) => {
        const begun = log.find(({ action }) => action.type === 'begin' && action.transport === transport);
        const end = given[transport];
        return begun !== undefined && end?.works === true && begun.at + end.after < timing.budget;
      });
      assert.equal(chosen.length, worked.length > 0 ? 1 : 0);
      assert.ok(chosen.every((transport) => given[transport]?.works === true));
    }),
    { seed: 8656, numRuns: 500 },
  );
});
