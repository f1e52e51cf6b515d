import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VIDEO_ROOM } from '@pinhole/testkit/lab';
import type { Page } from 'playwright-core';
import { assertFramesKeepGrowing, assertStarted, CallLab, firstFrame, skipBrowserCalls } from './call-lab.ts';

test('two browsers in one Janus VideoRoom see each other through Pinhole', { skip: skipBrowserCalls }, async () => {
  await using calls = await CallLab.create({ profile: 'udp-3478-and-tcp-443', withPinhole: true });
  const ann = await calls.openApp('ann');
  const ben = await calls.openApp('ben');
  await joinRoom(calls, ann, 'ann');
  await joinRoom(calls, ben, 'ben');
  for (const page of [ann, ben]) {
    const { pair, frameWidth } = await firstFrame(page);
    assert.equal(pair?.localType, 'relay');
    assert.equal(frameWidth, 320);
  }
  await Promise.all([assertFramesKeepGrowing(ann, 5), assertFramesKeepGrowing(ben, 5)]);
  assert.equal((await calls.lab.counters()).corp_cloud_accepted.packets, 0, 'nothing went past Pinhole');
});

async function joinRoom(calls: CallLab, page: Page, display: string): Promise<void> {
  const proxy = await calls.startProxy(page);
  assertStarted(proxy);
  const target = { ...proxy, room: VIDEO_ROOM, display, openTimeoutMs: 10_000 };
  await page.evaluate((given) => window.call.joinVideoRoom(given), target);
}
