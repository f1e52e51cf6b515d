// Runs inside the lab: exits with 0 as soon as a service answers, with 1 when it has not in time.
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Readiness, WaitInput } from '../readiness.ts';

const RETRY_EVERY_MS = 50;
const { readiness, timeoutMs } = JSON.parse(process.argv[2] ?? '') as WaitInput;
const deadline = performance.now() + timeoutMs;

while (!(await isUp(readiness))) {
  if (performance.now() > deadline) process.exit(1);
  await delay(RETRY_EVERY_MS);
}
process.exit(0);

async function isUp(service: Readiness): Promise<boolean> {
  try {
    return 'url' in service ? await answersHttp(service.url) : await acceptsTcp(service.ip, service.port);
  } catch {
    return false;
  }
}

async function answersHttp(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
  return response.ok;
}

async function acceptsTcp(ip: string, port: number): Promise<boolean> {
  const connection = connect(port, ip);
  await once(connection, 'connect');
  connection.destroy();
  return true;
}
