import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallLab, skipBrowserCalls } from './call-lab.ts';

const PROMISED_MS = 10_000;

test('all-blocked: the SDK fails within 10 s with a coded error that names what was tried', {
  skip: skipBrowserCalls,
}, async () => {
  await using calls = await CallLab.create({ profile: 'all-blocked', withPinhole: true });
  const page = await calls.openApp();
  const outcome = await calls.startProxy(page);
  assert.ok(!outcome.ok, 'the SDK must not start');
  assert.ok(outcome.ms <= PROMISED_MS, `failed after ${outcome.ms} ms`);
  assert.equal(outcome.code, 'session.unreachable');
  const [session] = outcome.tried;
  assert.equal(session?.what, 'session');
  assert.deepEqual(session?.urls, [`https://${calls.lab.addresses.dmz}/v1/proxy/session`]);
  assert.equal(session?.outcome, 'timeout');

  const counters = await calls.lab.counters();
  assert.ok(counters.corp_dmz_dropped.packets > 0, 'the filter dropped the attempts');
  assert.equal(counters.corp_dmz_accepted.packets, 0);
});

test('tcp-443-only: an app that insists on UDP is told that UDP was tried', {
  skip: skipBrowserCalls,
}, async () => {
  // The session request gets through on TCP 443; UDP 3478 does not, and the app insists on UDP.
  await using calls = await CallLab.create({ profile: 'tcp-443-only', withPinhole: true });
  const page = await calls.openApp();
  const outcome = await calls.startProxy(page, 'udp');
  assert.ok(!outcome.ok, 'the SDK must not start');
  assert.ok(outcome.ms <= PROMISED_MS, `failed after ${outcome.ms} ms`);
  assert.equal(outcome.code, 'start.all_transports_failed');
  assert.deepEqual(
    outcome.tried.map(({ what, outcome: end }) => [what, end === 'works']),
    [
      ['session', true],
      ['udp', false],
    ],
  );
  assert.ok((await calls.lab.counters()).corp_dmz_dropped.packets > 0, 'the filter dropped the attempts');
});
