// What is tested of every independent client, over every transport: it relays and every byte comes back, over the transport
// that was asked for, and nothing of it stays behind. What a client cannot do is a test as well, so that the day it can is noticed.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { TurnTransport } from '@pinhole/testkit/lab';
import { ClientBench, type ServerCounts } from './client-bench.ts';
import { recordClient } from './client-record.ts';
import type { ClientOutcome, ClientTask } from './client-task.ts';

/** What a client does over one transport. */
export type Ability =
  | 'relays'
  /** It relays after something was done for it that its users could not do, and what. */
  | { readonly relaysGiven: string }
  /** It relays, but goes away without ending its allocations, which then live until their lifetime is over. */
  | { readonly leaves: number; readonly because: string }
  /** It counts fewer messages than came back to it, and why: the server's count has to do. */
  | { readonly countsShort: string }
  /** It makes no allocation over this transport, and why. */
  | { readonly cannot: string };

export interface IndependentClient {
  readonly name: string;
  /** The reason why it cannot run here, or false: fits node:test's `skip`. */
  readonly skip: string | false;
  /** For the table: what the client did. */
  readonly did: string;
  /** How many allocations that takes. */
  readonly allocations: number;
  readonly over: { readonly [transport in TurnTransport]: Ability };
  run(bench: ClientBench, task: ClientTask): Promise<ClientOutcome>;
}

const AMOUNT = { messages: 200, messageBytes: 1000 };
const TIME_TO_RELAY_MS = 20_000;
const TIME_TO_FAIL_MS = 3000;
const TIME_TO_END_MS = 5000;

export function testIndependentClient(client: IndependentClient): void {
  describe(client.name, { skip: client.skip }, () => {
    let bench: ClientBench;
    before(async () => {
      bench = await ClientBench.create();
    });
    after(() => bench.lab.close());
    for (const transport of ['udp', 'tcp', 'tls'] as const) {
      const check = isUnable(client.over[transport]) ? checkCannot : checkRelays;
      test(factOf(transport, client.over[transport]), () => check(client, bench, transport));
    }
  });
}

function factOf(transport: TurnTransport, ability: Ability): string {
  if (isUnable(ability)) return `makes no allocation over ${transport}: ${ability.cannot}`;
  return `relays over ${transport}, gets every byte back and ${describeEnd(ability)}`;
}

function isUnable(ability: Ability): ability is { readonly cannot: string } {
  return typeof ability === 'object' && 'cannot' in ability;
}

function describeEnd(ability: Exclude<Ability, { readonly cannot: string }>): string {
  if (ability === 'relays') return 'ends its allocations';
  if ('relaysGiven' in ability) return `ends its allocations, given that ${ability.relaysGiven}`;
  if ('countsShort' in ability) return `ends its allocations, but counts short: ${ability.countsShort}`;
  return `allocations left to expire are ${ability.leaves}: ${ability.because}`;
}

async function checkRelays(client: IndependentClient, bench: ClientBench, transport: TurnTransport): Promise<void> {
  const earlier = await bench.counts();
  const outcome = await client.run(bench, bench.task(transport, { ...AMOUNT, timeoutMs: TIME_TO_RELAY_MS }));
  const { [transport]: ability } = client.over;
  const countsShort = typeof ability === 'object' && 'countsShort' in ability;
  if (!countsShort) assertEveryByteCameBack(outcome);
  assertRelayedEnds(outcome, transport);
  const left = typeof ability === 'object' && 'leaves' in ability ? ability.leaves : 0;
  const counts = await bench.countsAfterEnd(earlier.living + left, TIME_TO_END_MS);
  assert.deepEqual(madeSince(earlier, counts), { udp: 0, tcp: 0, tls: 0, [transport]: client.allocations });
  assert.equal(counts.living, earlier.living + left, 'allocations that live after the client has ended');
  assert.equal(
    counts.openRelays,
    earlier.openRelays + left,
    'relayed addresses that are open after the client has ended',
  );
  // In from the client, out to the peer; where the client's own count does not do, the same way back as well.
  const waysCounted = countsShort ? 4 : 2;
  const relayed = counts.relayedPackets - earlier.relayedPackets;
  assert.ok(relayed >= waysCounted * AMOUNT.messages, `the relay counted ${relayed} packets`);
  assert.equal((await bench.lab.counters()).corp_cloud_accepted.packets, 0, 'nothing went past Pinhole');
  recordClient({ client: client.name, did: client.did, transport, ability, ...outcome });
}

function assertEveryByteCameBack(outcome: ClientOutcome): void {
  const { messages, messageBytes } = AMOUNT;
  const { sentMessages, echoedMessages, sentBytes, echoedBytes, identical = true } = outcome;
  assert.deepEqual(
    { sentMessages, echoedMessages, sentBytes, echoedBytes, identical },
    {
      sentMessages: messages,
      echoedMessages: messages,
      sentBytes: messages * messageBytes,
      echoedBytes: messages * messageBytes,
      identical: true,
    },
  );
}

function assertRelayedEnds({ ends }: ClientOutcome, transport: TurnTransport): void {
  assert.ok(ends.length > 0);
  for (const { localType, remoteType, relayProtocol } of ends) {
    assert.equal(localType, 'relay');
    // With two ends both are relayed; a client without a second end talks to the echo server itself.
    assert.equal(remoteType, ends.length === 2 ? 'relay' : 'host');
    if (relayProtocol !== undefined) assert.equal(relayProtocol, transport);
  }
}

async function checkCannot(client: IndependentClient, bench: ClientBench, transport: TurnTransport): Promise<void> {
  const earlier = await bench.counts();
  const task = bench.task(transport, { ...AMOUNT, timeoutMs: TIME_TO_FAIL_MS });
  // How it fails differs, and some do something else instead: the server's count is what tells.
  await client.run(bench, task).catch(() => {});
  const counts = await bench.counts();
  assert.equal(madeSince(earlier, counts)[transport], 0, `${client.name} can use ${transport} now: say so in its test`);
  recordClient({ client: client.name, did: client.did, transport, ability: client.over[transport] });
}

function madeSince(earlier: ServerCounts, later: ServerCounts): { [transport in TurnTransport]: number } {
  const made = (transport: TurnTransport): number => later.made[transport] - earlier.made[transport];
  return { udp: made('udp'), tcp: made('tcp'), tls: made('tls') };
}
