import assert from 'node:assert/strict';
import { test } from 'node:test';
import { soak } from './soak.ts';
import { complaintsAbout } from './verdict.ts';

const SEED = 20_261_122;
const MILLIS = 20_000;
/** Far below what any machine does, far above the number of relay ports: ports that stay taken are missed. */
const FEWEST_CALLS = 200;

test('20 s of churn over UDP, TCP and TLS with jumps of the wall clock: no packet uncounted, nothing left, nothing grown', async () => {
  const result = await soak({ millis: MILLIS, seed: SEED });
  assert.deepEqual(complaintsAbout(result), []);
  assert.ok(result.ledger.calls > FEWEST_CALLS, `only ${result.ledger.calls} calls`);
});

test('a packet that nobody counted, a relay that stayed open and a heap that grew are each complained of', async () => {
  const result = await soak({ millis: 500, seed: SEED });
  const { books, ledger, early, late } = result;
  const memory = { early, late: early };
  const complaints = (changed: Partial<typeof result>): number =>
    complaintsAbout({ ...result, ...memory, ...changed }).length;
  assert.equal(complaints({}), 0);
  assert.equal(complaints({ ledger: { ...ledger, sentByClients: ledger.sentByClients + 1 } }), 1);
  assert.equal(complaints({ books: { ...books, openRelays: 1 } }), 1);
  assert.equal(complaints({ late: { ...late, heapBytes: 2 * early.heapBytes } }), 1);
});
