// What the browser tests share: a lab with Janus in the cloud, the app's site and browsers in corp and, where asked for,
// Pinhole in the DMZ.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import {
  CHECKOUT,
  issueTestCertificates,
  type Janus,
  LAB_APP,
  Lab,
  PinholeProcess,
  type ProfileName,
  startBrowser,
  startJanus,
  startStaticSite,
  type TestCertificates,
} from '@pinhole/testkit/lab';
import type { Page } from 'playwright-core';
import type { CallStats } from './pages/call-stats.ts';
import type { ProxyOptions, ProxyOutcome } from './pages/proxy.ts';

/** How long a browser may take from the answer to the first decoded frame, on a busy machine. */
const FIRST_FRAME_MS = 20_000;

export interface CallLabOptions {
  readonly profile: ProfileName;
  readonly withPinhole: boolean;
}

/** The reason why a browser call cannot be tested here, or false: fits node:test's `skip`. */
export const skipBrowserCalls: string | false = Lab.unavailable(['browser', 'sfu']) ?? false;

export class CallLab implements AsyncDisposable {
  readonly lab: Lab;
  readonly janus: Janus;
  readonly #site: string;
  readonly #certificates: TestCertificates;
  readonly #pinhole: PinholeProcess | undefined;

  private constructor(
    lab: Lab,
    janus: Janus,
    site: string,
    certificates: TestCertificates,
    pinhole: PinholeProcess | undefined,
  ) {
    this.lab = lab;
    this.janus = janus;
    this.#site = site;
    this.#certificates = certificates;
    this.#pinhole = pinhole;
  }

  static async create({ profile, withPinhole }: CallLabOptions): Promise<CallLab> {
    const lab = await Lab.create({ profile });
    try {
      const certificates = await issueTestCertificates([lab.addresses.dmz]);
      const [janus, site] = await Promise.all([startJanus(lab), startStaticSite(lab, 'corp', SITE)]);
      const upstream = { signalingUrl: janus.signalingUrl };
      const pinhole = withPinhole ? await PinholeProcess.start(lab, { certificates, upstream }) : undefined;
      return new CallLab(lab, janus, site, certificates, pinhole);
    } catch (cause) {
      await lab.close();
      throw cause;
    }
  }

  get pinhole(): PinholeProcess {
    if (this.#pinhole === undefined) throw new Error('This lab was made without Pinhole.');
    return this.#pinhole;
  }

  /** Opens the app in a browser of its own. */
  async openApp(browserName = 'browser'): Promise<Page> {
    const browser = await startBrowser(this.lab, { name: browserName, trustedCa: this.#certificates.ca });
    const page = await browser.newPage();
    page.on('pageerror', (error) => console.error(`${browserName}: ${error.message}`));
    await page.goto(`${this.#site}/janus-call.html`);
    await page.waitForFunction(() => window.call !== undefined);
    return page;
  }

  /** Starts the SDK in the page, with a fresh token. */
  async startProxy(page: Page, transport: ProxyOptions['transport'] = 'auto'): Promise<ProxyOutcome> {
    const { server } = this.pinhole;
    const { signalingUrl } = this.janus;
    const token = await this.pinhole.token();
    const options: ProxyOptions = { server, app: LAB_APP, token, transport, signalingUrl };
    return page.evaluate((given) => window.call.startProxy(given), options);
  }

  async close(): Promise<void> {
    await this.lab.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

const SITE = { '/': join(CHECKOUT, 'e2e', 'pages'), '/sdk/': join(CHECKOUT, 'packages', 'client', 'dist') };

/** Resolves with the stats at the first decoded frame. */
export async function firstFrame(page: Page): Promise<CallStats> {
  const handle = await page.waitForFunction(
    () => {
      const { stats } = window.call;
      return stats?.pair !== undefined && stats.framesDecoded > 0 ? stats : undefined;
    },
    undefined,
    { timeout: FIRST_FRAME_MS, polling: 100 },
  );
  const stats = await handle.jsonValue();
  assert.ok(stats !== undefined);
  return stats;
}

/** Asserts that each of the next `seconds` seconds, on the page's clock, decodes new frames. */
export async function assertFramesKeepGrowing(page: Page, seconds: number): Promise<void> {
  const samples = await page.evaluate((count) => window.call.sampleFrames(count), seconds);
  assert.equal(samples.length, seconds + 1);
  const stalls = samples.slice(1).filter((frames, index) => frames <= (samples[index] ?? 0));
  assert.deepEqual(stalls, [], `frames decoded, second by second: ${samples.join(' ')}`);
}

/** A started proxy, or a failed test that shows what the SDK said. */
export function assertStarted(outcome: ProxyOutcome): asserts outcome is Extract<ProxyOutcome, { ok: true }> {
  assert.ok(outcome.ok, `the SDK did not start: ${JSON.stringify(outcome)}`);
}
