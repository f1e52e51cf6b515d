import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CLOSED_PROFILE_NAMES } from '@pinhole/testkit/lab';
import { assertFramesKeepGrowing, CallLab, firstFrame, skipBrowserCalls } from './call-lab.ts';

// Longer than a direct join takes by two orders of magnitude, short enough to try it in every profile.
const OPEN_TIMEOUT_MS = 4000;

describe('without Pinhole', { skip: skipBrowserCalls }, () => {
  test('open: a browser joins Janus directly and sees a picture', async () => {
    await using calls = await CallLab.create({ profile: 'open', withPinhole: false });
    const page = await calls.openApp();
    const target = { signalingUrl: calls.janus.signalingUrl, openTimeoutMs: OPEN_TIMEOUT_MS };
    await page.evaluate((given) => window.call.joinEchoTest(given), target);
    const { pair, frameWidth } = await firstFrame(page);
    assert.notEqual(pair?.localType, 'relay');
    assert.equal(pair?.remoteAddress, calls.lab.addresses.cloud);
    assert.equal(frameWidth, 320);
    await assertFramesKeepGrowing(page, 3);
    assert.equal((await calls.lab.counters()).corp_cloud_dropped.packets, 0);
  });

  test('every closed profile makes the direct join fail, and the drop counter proves that it was the filter', async () => {
    await using calls = await CallLab.create({ profile: 'open', withPinhole: false });
    const page = await calls.openApp();
    const target = { signalingUrl: calls.janus.signalingUrl, openTimeoutMs: OPEN_TIMEOUT_MS };
    for (const name of CLOSED_PROFILE_NAMES) {
      await calls.lab.useProfile(name);
      const join = page.evaluate((given) => window.call.joinEchoTest(given), target);
      await assert.rejects(join, /signalling did not open/, name);
      const counters = await calls.lab.counters();
      assert.ok(counters.corp_cloud_dropped.packets > 0, name);
      assert.equal(counters.corp_cloud_accepted.packets, 0, name);
    }
  });

  test('a closed profile ends a direct call that began under an open one', async () => {
    await using calls = await CallLab.create({ profile: 'open', withPinhole: false });
    const page = await calls.openApp();
    const target = { signalingUrl: calls.janus.signalingUrl, openTimeoutMs: OPEN_TIMEOUT_MS };
    await page.evaluate((given) => window.call.joinEchoTest(given), target);
    await firstFrame(page);
    await calls.lab.useProfile('udp-3478-and-tcp-443');
    // Chromium calls a connection "disconnected" after 5 s without an answer to its consent checks (RFC 7675).
    await page.waitForFunction(
      () => ['disconnected', 'failed'].includes(window.call.stats?.connectionState ?? ''),
      undefined,
      { timeout: 20_000, polling: 100 },
    );
    assert.ok((await calls.lab.counters()).corp_cloud_dropped.packets > 0);
  });
});
