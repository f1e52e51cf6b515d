import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CHECKOUT } from '@pinhole/testkit/lab';
import type { ClientRecord } from './client-record.ts';
import { clientsPage } from './clients-page.ts';

const RELAYED: ClientRecord = {
  client: 'a client',
  version: '1.2',
  did: 'data channel',
  transport: 'udp',
  ability: 'relays',
  echoedMessages: 200,
  echoedBytes: 200_000,
};
const RUN = { date: '2026-01-01', system: 'Debian', skipped: [] };

test('a row says client, version, transport, result and what was counted', () => {
  const page = clientsPage([RELAYED], RUN);
  const row = '| a client | 1.2 | udp | **relays** | data channel: 200 messages, 200000 bytes, there and back |';
  assert.ok(page.includes(row), page);
});

test('a client that cannot has its reason, and its version from where it can', () => {
  const cannot: ClientRecord = { client: 'a client', did: 'x', transport: 'tls', ability: { cannot: 'no TLS' } };
  const page = clientsPage([cannot, RELAYED], RUN);
  assert.ok(page.includes('| a client | 1.2 | tls | does not: no TLS |  |'), page);
});

test('an allocation that is left behind is said', () => {
  const page = clientsPage([{ ...RELAYED, ability: { leaves: 2, because: 'no Refresh' } }], RUN);
  assert.match(page, /\*\*relays\*\*, but allocations left to expire \(2\): no Refresh/);
});

test('docs/clients.md has three rows for every client that has a test, and no others', () => {
  const folder = join(CHECKOUT, 'e2e', 'clients');
  const tests = readdirSync(folder).filter((file) => file.endsWith('.test.ts'));
  const names = tests.flatMap(
    (file) => /^ {2}name: '(.*)',$/m.exec(readFileSync(join(folder, file), 'utf8'))?.[1] ?? [],
  );
  assert.ok(names.length >= 9);
  const page = readFileSync(join(CHECKOUT, 'docs', 'clients.md'), 'utf8');
  const rows = Array.from(page.matchAll(/^\| ([^|]+) \| [^|]+ \| (udp|tcp|tls) \|/gm), ([, client]) => String(client));
  const expected = names.flatMap((name) => [name, name, name]);
  assert.deepEqual(rows.sort(), expected.sort(), 'run "npm run clients:report"');
});
