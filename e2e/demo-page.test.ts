import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { CHECKOUT, LAB_FOLDER, Lab, startBrowser, waitUntilUp } from '@pinhole/testkit/lab';
import type { Page } from 'playwright-core';

/** Where to put a picture of each connected call, for whoever wants to look. */
const PICTURES = process.env.PINHOLE_TEST_PICTURES;
const CALL_TIMEOUT_MS = 20_000;

describe('the demo page of a start without configuration, in a browser on the same machine', {
  skip: Lab.unavailable(['browser']) ?? false,
}, () => {
  test('calls by UDP, TCP and TLS once the development authority is trusted, and shows which it was', async () => {
    await using lab = await Lab.create({ profile: 'all-blocked' });
    const { dataDir } = await startProduct(lab);
    const trustedCa = readFileSync(lab.outsidePath(`${dataDir}/dev-ca.pem`), 'utf8');
    const browser = await startBrowser(lab, { trustedCa });
    const page = await openDemo(browser);
    for (const transport of ['udp', 'tcp', 'tls'] as const) {
      await choose(page, transport);
      await page.waitForSelector(
        `body[data-choice="${transport}"][data-state="connected"][data-transport="${transport}"]`,
        { timeout: CALL_TIMEOUT_MS },
      );
      await takePicture(page, transport);
    }
    await browser.close();
  });

  test('with an authority that the browser does not trust, TLS fails with one line on how to trust it', async () => {
    await using lab = await Lab.create({ profile: 'all-blocked' });
    await startProduct(lab);
    const browser = await startBrowser(lab);
    const page = await openDemo(browser);
    await choose(page, 'tls');
    await page.waitForSelector('body[data-choice="tls"][data-state="failed"] [data-hint="ca"]', {
      timeout: CALL_TIMEOUT_MS,
    });
    assert.match(await page.innerText('[data-hint="ca"]'), /dev-ca\.pem|ca\.pem/);
    await takePicture(page, 'tls-untrusted');
    await browser.close();
  });

  test('loads nothing from anywhere else, and breaks no rule of its own policy', async () => {
    await using lab = await Lab.create({ profile: 'all-blocked' });
    await startProduct(lab);
    const browser = await startBrowser(lab);
    const page = await browser.newPage();
    const foreign: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => {
      if (!/^(http:\/\/localhost:8443\/|data:|blob:)/.test(request.url())) foreign.push(request.url());
    });
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto('http://localhost:8443/');
    await page.waitForSelector('body[data-state="connected"]', { timeout: CALL_TIMEOUT_MS });
    assert.deepEqual(foreign, []);
    assert.deepEqual(complaints, []);
    await browser.close();
  });
});

/** What `npm start` runs, on the browser's own machine. */
async function startProduct(lab: Lab): Promise<{ dataDir: string }> {
  const dataDir = join(LAB_FOLDER, 'data');
  const launcher = join(CHECKOUT, 'packages', 'pinhole', 'bin', 'pinhole.js');
  const product = lab.spawn('corp', process.execPath, [launcher, 'up', '--set', `dataDir=${dataDir}`]);
  await waitUntilUp(lab, 'corp', product, { url: 'http://127.0.0.1:9641/healthz' });
  return { dataDir };
}

async function openDemo(browser: Awaited<ReturnType<typeof startBrowser>>): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  await page.goto('http://localhost:8443/');
  return page;
}

async function choose(page: Page, transport: string): Promise<void> {
  // A person clicks the label; the radio button itself may be drawn over.
  await page.locator(`input[name="transport"][value="${transport}"]`).check({ force: true });
}

async function takePicture(page: Page, name: string): Promise<void> {
  if (PICTURES !== undefined)
    writeFileSync(join(PICTURES, `demo-${name}.png`), await page.screenshot({ fullPage: true }));
}
