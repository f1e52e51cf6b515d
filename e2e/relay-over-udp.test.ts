import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertFramesKeepGrowing, assertStarted, CallLab, firstFrame, skipBrowserCalls } from './call-lab.ts';

test('udp-3478-and-tcp-443: signalling through the gateway, media relayed over UDP, frames keep growing for 10 s', {
  skip: skipBrowserCalls,
}, async () => {
  await using calls = await CallLab.create({ profile: 'udp-3478-and-tcp-443', withPinhole: true });
  const page = await calls.openApp();
  const proxy = await calls.startProxy(page);
  assertStarted(proxy);
  assert.match(proxy.signalingUrl, /^wss:\/\/203\.0\.113\.10\/g\/[^/]+\/janus\//);

  await page.evaluate((target) => window.call.joinEchoTest(target), { ...proxy, openTimeoutMs: 10_000 });
  const { pair } = await firstFrame(page);
  assert.equal(pair?.localType, 'relay');
  assert.equal(pair?.relayProtocol, 'udp');
  assert.equal(pair?.url, `turn:${calls.lab.addresses.dmz}:3478?transport=udp`);
  assert.equal(pair?.remoteAddress, calls.lab.addresses.cloud);
  await assertFramesKeepGrowing(page, 10);

  const counters = await calls.lab.counters();
  assert.equal(counters.corp_cloud_accepted.packets, 0, 'nothing went past Pinhole');
  assert.ok(counters.established_accepted.bytes > 100_000, 'the router saw the media');
});
