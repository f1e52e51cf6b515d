import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ResolvedNames } from './resolved-names.ts';

const NAME = 'sfu.example.com';

function setUp(first: readonly string[] | string) {
  let answer = first;
  let now = 0;
  let changes = 0;
  const asked: string[] = [];
  const lines: string[] = [];
  const note = (event: string, fields?: object): void => void lines.push(`${event} ${JSON.stringify(fields)}`);
  const names = new ResolvedNames({
    clock: () => now,
    log: { info: note, warn: note, error: note },
    changed: () => {
      changes += 1;
    },
    resolve: async (hostname) => {
      asked.push(hostname);
      if (typeof answer === 'string') throw Object.assign(new Error(answer), { code: answer });
      return answer.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    },
  });
  /** What the name leads to some seconds later, when the answer is this one. */
  const later = async (seconds: number, next: readonly string[] | string): Promise<readonly string[]> => {
    now += seconds * 1000;
    answer = next;
    await names.refresh();
    return known();
  };
  const known = (): readonly string[] => names.addressesOf(NAME).map(({ text }) => text);
  return { names, later, known, lines, asked, changes: () => changes };
}

test('a name leads to every address of its answer, in either family, and to none before it is followed', async () => {
  const { names, known } = setUp(['10.0.0.5', '2001:db8:0:0::1']);
  assert.deepEqual(known(), []);
  await names.follow([NAME]);
  assert.deepEqual(known(), ['10.0.0.5', '2001:db8::1']);
  assert.deepEqual(names.addressesOf('other.example.com'), []);
  names.close();
});

test('an address that left the answer stays for 5 minutes, and the change is told when it goes', async () => {
  const { names, later, changes } = setUp(['10.0.0.5']);
  await names.follow([NAME]);
  assert.equal(changes(), 1);
  assert.deepEqual(await later(30, ['10.0.0.6']), ['10.0.0.5', '10.0.0.6']);
  assert.equal(changes(), 2);
  assert.deepEqual(await later(269, ['10.0.0.6']), ['10.0.0.5', '10.0.0.6']);
  assert.equal(changes(), 2);
  assert.deepEqual(await later(1, ['10.0.0.6']), ['10.0.0.6']);
  assert.equal(changes(), 3);
  names.close();
});

test('where nobody can be asked the last answer stays; a name that is no more loses its addresses after the grace', async () => {
  const { names, later, lines } = setUp(['10.0.0.5']);
  await names.follow([NAME]);
  assert.deepEqual(await later(3600, 'EAI_AGAIN'), ['10.0.0.5']);
  assert.deepEqual(await later(30, 'EAI_AGAIN'), ['10.0.0.5']);
  assert.deepEqual(await later(30, ['10.0.0.5']), ['10.0.0.5']);
  assert.deepEqual(await later(299, 'ENOTFOUND'), ['10.0.0.5']);
  assert.deepEqual(await later(1, 'ENOTFOUND'), []);
  assert.deepEqual(lines, [
    `peers.name_not_resolved {"name":"${NAME}","reason":"EAI_AGAIN"}`,
    `peers.name_resolved_again {"name":"${NAME}"}`,
    `peers.name_not_resolved {"name":"${NAME}","reason":"ENOTFOUND"}`,
  ]);
  names.close();
});

test('an answer that rebinds the name to this machine or a metadata service is refused, and told once', async () => {
  const { names, later, lines } = setUp(['10.0.0.5']);
  await names.follow([NAME]);
  const rebound = ['127.0.0.1', '169.254.169.254', '::ffff:127.0.0.1', '0.0.0.0', '224.0.0.1', '10.0.0.5'];
  assert.deepEqual(await later(30, rebound), ['10.0.0.5']);
  await later(30, rebound);
  assert.deepEqual(
    lines.map((line) => /"address":"([^"]+)"/.exec(line)?.[1]),
    rebound.slice(0, 5),
  );
  assert.match(lines[0] ?? '', /^peers\.name_refused /);
  names.close();
});

test('a name that answers with ever new addresses is held to 256 of them', async () => {
  const { names, later, lines } = setUp([]);
  await names.follow([NAME]);
  const many = (first: string): string[] => Array.from({ length: 300 }, (_, i) => `${first}.${i >> 8}.${i & 255}`);
  assert.equal((await later(30, many('10.0'))).length, 256);
  assert.equal((await later(30, many('10.1'))).length, 256);
  await later(30, many('127.0'));
  assert.equal(lines.length, 256);
  names.close();
});

test('asks every 30 s for what is followed, and for nothing else', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { names, asked } = setUp(['10.0.0.5']);
  await names.follow([NAME, 'old.example.com', NAME]);
  names.forgetOthers([NAME]);
  asked.length = 0;
  t.mock.timers.tick(30_000);
  assert.deepEqual(asked, [NAME]);
  names.close();
  t.mock.timers.tick(60_000);
  assert.deepEqual(asked, [NAME]);
});

test('a resolver that does not answer holds up a start for 5 s and no longer', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval', 'setTimeout'] });
  const names = new ResolvedNames({
    clock: () => 0,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    changed: () => assert.fail('nothing was learned'),
    resolve: () => new Promise(() => {}),
  });
  const followed = names.follow([NAME]);
  t.mock.timers.tick(5000);
  await followed;
  names.close();
});
