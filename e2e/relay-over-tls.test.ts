import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertFramesKeepGrowing, assertStarted, CallLab, firstFrame, skipBrowserCalls } from './call-lab.ts';

test('tcp-443-only: the whole call over one open port, relayed over TLS, frames keep growing for 10 s', {
  skip: skipBrowserCalls,
}, async () => {
  await using calls = await CallLab.create({ profile: 'tcp-443-only', withPinhole: true });
  const page = await calls.openApp();
  const proxy = await calls.startProxy(page, 'tls');
  assertStarted(proxy);

  await page.evaluate((target) => window.call.joinEchoTest(target), { ...proxy, openTimeoutMs: 10_000 });
  const { pair } = await firstFrame(page);
  assert.equal(pair?.localType, 'relay');
  assert.equal(pair?.relayProtocol, 'tls');
  assert.equal(pair?.url, `turns:${calls.lab.addresses.dmz}:443?transport=tcp`);
  await assertFramesKeepGrowing(page, 10);
  assert.equal((await calls.lab.counters()).corp_cloud_accepted.packets, 0, 'nothing went past Pinhole');
});

test('tcp-443-only: "auto" finds a way over the one open port by itself', { skip: skipBrowserCalls }, async () => {
  await using calls = await CallLab.create({ profile: 'tcp-443-only', withPinhole: true });
  const page = await calls.openApp();
  const proxy = await calls.startProxy(page, 'auto');
  assertStarted(proxy);

  await page.evaluate((target) => window.call.joinEchoTest(target), { ...proxy, openTimeoutMs: 10_000 });
  const { pair } = await firstFrame(page);
  assert.equal(pair?.localType, 'relay');
  assert.match(String(pair?.relayProtocol), /^(tcp|tls)$/);
  await assertFramesKeepGrowing(page, 3);
});
