import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTurnClientOutput } from './turnutils.ts';

const SUMMARY = `
1: : start_mclient: msz=2, tot_send_msgs=120, tot_recv_msgs=118, tot_send_bytes ~ 19200, tot_recv_bytes ~ 18880
4: : start_mclient: tot_send_msgs=400, tot_recv_msgs=397
4: : start_mclient: tot_send_bytes ~ 64000, tot_recv_bytes ~ 63520
4: : Total transmit time is 4
4: : Total lost packets 3 (0.750000%), total send dropped 1 (0.250000%)
4: : Average round trip delay 0.300000 ms; min = 0 ms, max = 2 ms
`;

test('reads the last totals and the losses from the summary of turnutils_uclient', () => {
  const { output, ...result } = parseTurnClientOutput(SUMMARY) ?? assert.fail('no result');
  assert.deepEqual(result, { sent: 400, received: 397, lost: 3, sendDropped: 1 });
  assert.equal(output, SUMMARY);
});

test('finds no result in the output of a client that never got an allocation', () => {
  assert.equal(
    parseTurnClientOutput('0: : Cannot complete Allocation\n0: : start_mclient: tot_send_msgs=0'),
    undefined,
  );
});
