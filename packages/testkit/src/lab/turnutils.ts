// coturn's client tools in the lab: an independent TURN client in corp and the peer that it talks to in the cloud.
import type { Lab } from './lab.ts';
import type { LabProcess } from './lab-process.ts';
import type { LabHost } from './topology.ts';

const PEER_PORT = 3480;

export type TurnTransport = 'udp' | 'tcp' | 'tls';

export interface TurnClientOptions {
  readonly transport: TurnTransport;
  readonly server: { readonly ip: string; readonly port: number };
  readonly username: string;
  readonly password: string;
  /** Path inside the lab of the authority's PEM that the server's certificate must come from (`tls`). */
  readonly caFile?: string;
  readonly messages?: number;
  readonly clients?: number;
  /** What the tool is to do; by default only "no RTCP pair" (-c). */
  readonly recipe?: readonly string[];
  /** Where the tool runs, and which peer it asks for: corp and the cloud host where not given. */
  readonly from?: LabHost;
  readonly peerIp?: string;
}

/** How a run ended that may have failed, and everything that the tool said. */
export interface TurnClientAttempt {
  /** `null` where it had to be killed. */
  readonly code: number | null;
  readonly output: string;
}

export interface TurnClientResult {
  readonly sent: number;
  readonly received: number;
  readonly lost: number;
  /** What the tool could not even hand to its socket; it counts as lost too. */
  readonly sendDropped: number;
  readonly output: string;
}

/** Starts the echoing peer, on the cloud host where not said otherwise; it ends with the lab. */
export async function startTurnPeer(
  lab: Lab,
  host: LabHost = 'cloud',
  ip: string = lab.addresses.cloud,
): Promise<LabProcess> {
  const peer = lab.spawn(host, 'turnutils_peer', ['-L', ip, '-p', String(PEER_PORT), '-v']);
  await peer.line(/udp_create_server_socket.*:end/, 10_000);
  return peer;
}

/**
 * Sends messages through the server to the peer and back, over channels. Throws when the tool gives up, says nothing of
 * a result, or is not done after `timeoutMs`.
 */
export async function runTurnClient(
  lab: Lab,
  options: TurnClientOptions,
  timeoutMs = 30_000,
): Promise<TurnClientResult> {
  const { code, output } = await attemptTurnClient(lab, options, timeoutMs);
  const result = parseTurnClientOutput(output);
  if (code === 0 && result !== undefined) return result;
  throw new Error(`turnutils_uclient over ${options.transport} failed (${code}):\n${output.slice(-2000)}`);
}

/** The same for recipes that are to fail, or that the tool itself never ends: it is killed after `timeoutMs`. */
export async function attemptTurnClient(
  lab: Lab,
  options: TurnClientOptions,
  timeoutMs: number,
): Promise<TurnClientAttempt> {
  const { from = 'corp' } = options;
  const args = argumentsFor(lab, options);
  const { code, stdout, stderr } = await lab.run(from, 'turnutils_uclient', args, { timeoutMs });
  return { code, output: stdout + stderr };
}

function argumentsFor(lab: Lab, options: TurnClientOptions): string[] {
  const { transport, server, username, password, caFile } = options;
  const flags = { udp: [], tcp: ['-t'], tls: ['-t', '-S', ...(caFile === undefined ? [] : ['-E', caFile])] }[transport];
  return [
    ...flags,
    // No second relay for RTCP where the recipe does not want one: it would ask for EVEN-PORT.
    ...(options.recipe ?? ['-c']),
    ...['-u', username, '-w', password, '-p', String(server.port)],
    ...['-e', options.peerIp ?? lab.addresses.cloud, '-r', String(PEER_PORT)],
    ...['-n', String(options.messages ?? 200), '-m', String(options.clients ?? 2), '-l', '160', '-z', '5'],
    server.ip,
  ];
}

/** Reads the tool's summary; undefined where it never got that far. */
export function parseTurnClientOutput(output: string): TurnClientResult | undefined {
  // The tool prints a line like the first one every second; the last is the result.
  const counts = [...output.matchAll(/tot_send_msgs=(\d+), tot_recv_msgs=(\d+)/g)].at(-1);
  const losses = /Total lost packets (\d+) \([^)]*\), total send dropped (\d+)/.exec(output);
  if (counts === undefined || losses === null) return undefined;
  return {
    sent: Number(counts[1]),
    received: Number(counts[2]),
    lost: Number(losses[1]),
    sendDropped: Number(losses[2]),
    output,
  };
}
