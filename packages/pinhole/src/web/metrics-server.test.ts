import assert from 'node:assert/strict';
import { it } from 'node:test';
import { startMetricsServer } from './metrics-server.ts';

it('is not ready while there is a reason, and answers 500 where metrics cannot be read', async () => {
  let reason: string | undefined = 'the TLS certificate has expired';
  const server = await startMetricsServer({
    listen: { ip: '127.0.0.1', port: 0 },
    metricsText: () => Promise.reject(new Error('broken')),
    notReady: () => reason,
  });
  const ask = async (path: string): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
    return `${response.status} ${await response.text()}`;
  };
  assert.equal(await ask('/readyz'), '503 the TLS certificate has expired\n');
  reason = undefined;
  assert.equal(await ask('/readyz?verbose'), '200 ready\n');
  assert.equal(await ask('/metrics'), '500 metrics failed\n');
  await server.close();
});
