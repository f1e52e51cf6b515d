// Waiting for a service on a host, from that very host.
import { insideProgram } from './inside-program.ts';
import type { Lab } from './lab.ts';
import type { LabProcess } from './lab-process.ts';
import type { LabHost } from './topology.ts';

/** A TCP port that must accept, or an HTTP address that must answer 2xx. */
export type Readiness = { readonly ip: string; readonly port: number } | { readonly url: string };

/** What the wait-until-up program reads. */
export interface WaitInput {
  readonly readiness: Readiness;
  readonly timeoutMs: number;
}

/** Resolves once the service is up; rejects with the service's own last lines when it ends first or stays away. */
export async function waitUntilUp(
  lab: Lab,
  host: LabHost,
  service: LabProcess,
  readiness: Readiness,
  timeoutMs = 20_000,
): Promise<void> {
  const input: WaitInput = { readiness, timeoutMs };
  const waiting = lab.run(host, process.execPath, insideProgram('wait-until-up', input), {
    timeoutMs: timeoutMs + 5000,
  });
  const first = await Promise.race([waiting.then(({ code }) => ({ up: code === 0 })), service.ended]);
  if ('up' in first && first.up) return;
  const why = 'up' in first ? `did not come up within ${timeoutMs} ms` : `ended early (exit code ${first.code})`;
  throw new Error(`${service.name} ${why}. It said:\n${service.lastLines}`);
}
