import { Lab, startBrowser } from '@pinhole/testkit/lab';
import type { ClientBench } from './client-bench.ts';
import { testIndependentClient } from './client-facts.ts';
import type { ClientOutcome, ClientTask } from './client-task.ts';
import { echoThroughRelay } from './programs/w3c-echo.ts';

testIndependentClient({
  name: 'Chromium',
  skip: Lab.unavailable(['browser']) ?? false,
  did: 'data channel between two relayed ends',
  allocations: 2,
  over: { udp: 'relays', tcp: 'relays', tls: 'relays' },
  run: echoInChromium,
});

async function echoInChromium(bench: ClientBench, task: ClientTask): Promise<ClientOutcome> {
  const name = `chromium-${task.transport}`;
  const browser = await startBrowser(bench.lab, { name, trustedCa: bench.certificates.ca });
  try {
    const page = await browser.newPage();
    // It is driven from outside the lab and has no hosts file of ours: the address instead of the name.
    const url = task.url.replace(/[a-z.]+(?=:\d)/, task.server.ip);
    const outcome = await page.evaluate(echoThroughRelay, { ...task, url });
    return { version: browser.version(), ...outcome };
  } finally {
    await browser.close();
  }
}
