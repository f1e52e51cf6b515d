// Who can reach whom in the lab: echo servers on one host, probes on another. This is how the lab shows that its filter
// is the firewall that the profile describes.
import { insideProgram } from './inside-program.ts';
import type { Lab } from './lab.ts';
import type { LabProcess } from './lab-process.ts';
import type { LabHost } from './topology.ts';

export interface Endpoint {
  readonly protocol: 'udp' | 'tcp';
  readonly ip: string;
  readonly port: number;
}

/** What the echo-server program reads. */
export interface EchoServerInput {
  readonly endpoints: readonly Endpoint[];
}

/** What the probe program reads. */
export interface ProbeInput {
  readonly targets: readonly Endpoint[];
  /** How long silence is waited out before a target counts as not reachable. */
  readonly timeoutMs: number;
}

/** Starts echo servers (UDP and TCP) on a host and resolves once all listen. */
export async function startEchoServers(lab: Lab, host: LabHost, endpoints: readonly Endpoint[]): Promise<LabProcess> {
  const input: EchoServerInput = { endpoints };
  const server = lab.spawn(host, process.execPath, insideProgram('echo-server', input));
  await server.line(/^listening$/, 10_000);
  return server;
}

/** For each target, whether what a host sends to it comes back. All targets are tried at once. */
export async function probe(
  lab: Lab,
  from: LabHost,
  targets: readonly Endpoint[],
  timeoutMs = 700,
): Promise<readonly boolean[]> {
  const input: ProbeInput = { targets, timeoutMs };
  const result = await lab.run(from, process.execPath, insideProgram('probe', input));
  if (result.code !== 0) throw new Error(`The probe on ${from} failed: ${result.stderr}`);
  return JSON.parse(result.stdout) as boolean[];
}
