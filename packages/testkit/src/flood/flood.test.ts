// Floods inside the lab, bounded in count and time. What the server stands beyond these is in docs/flood.md.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Lab } from '../lab/lab.ts';
import { Battlefield } from './battlefield.ts';
import type { CallReport } from './call.ts';

const skip = Lab.unavailable(['flood']) ?? false;
const MOST_LOSS = 0.01;
/** A rate that a busy machine of two cores can also send and route, beside the tests that run at the same time. */
const PACKETS_PER_SECOND = 10_000;
const FLOOD_SECONDS = 8;
const CALL_SECONDS = 10;
const HALF_OPEN = 10_000;
/** Silence is borne for ten seconds; the flood outlasts it. */
const HALF_OPEN_SECONDS = 16;

describe('flood', { skip }, () => {
  test('10,000 forged Binding and Allocate requests a second leave no state, and calls keep under 1 % loss', async () => {
    await using field = await Battlefield.create();
    const calls = [await field.call('udp', CALL_SECONDS), await field.call('tls', CALL_SECONDS)];
    const flood = await field.spoof({ packetsPerSecond: PACKETS_PER_SECOND, seconds: FLOOD_SECONDS });
    assert.ok(flood.sent > PACKETS_PER_SECOND, `the flood was only ${flood.sent} packets`);
    assert.ok((await field.metric('pinhole_auth_failures_total')) > 1000, 'the flood never arrived');
    for (const { report } of calls) assertKept(await report);
    assert.equal(await field.metric('pinhole_allocations_total'), 2);
  });

  test('10,000 connections that say nothing or half a ClientHello are ended after ten seconds, and calls keep under 1 % loss', async () => {
    await using field = await Battlefield.create();
    const calls = [await field.call('udp', HALF_OPEN_SECONDS), await field.call('tls', HALF_OPEN_SECONDS)];
    const { connected, ended } = await field.halfOpen(HALF_OPEN, HALF_OPEN_SECONDS);
    assert.deepEqual({ connected, ended }, { connected: HALF_OPEN, ended: HALF_OPEN });
    assert.ok((await field.metric('pinhole_ended_streams_total', 'silent')) > HALF_OPEN / 2);
    for (const { report } of calls) assertKept(await report);
    assertKept(await (await field.call('tls', 1)).report);
  });
});

function assertKept(report: CallReport): void {
  const loss = 1 - report.received / report.sent;
  assert.ok(loss <= MOST_LOSS, `a call lost ${(100 * loss).toFixed(1)} %: ${JSON.stringify(report)}`);
}
