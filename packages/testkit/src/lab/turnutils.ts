// coturn's client tools in the lab: an independent TURN client in corp and the peer that it talks to in the cloud.
import type { Lab } from './lab.ts';
import type { LabProcess } from './lab-process.ts';

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
}

export interface TurnClientResult {
  readonly sent: number;
  readonly received: number;
  readonly lost: number;
  /** What the tool could not even hand to its socket; it counts as lost too. */
  readonly sendDropped: number;
  readonly output: string;
}

/** Starts the echoing peer on the cloud host; it ends with the lab. */
export async function startTurnPeer(lab: Lab): Promise<LabProcess> {
  const peer = lab.spawn('cloud', 'turnutils_peer', ['-L', lab.addresses.cloud, '-p', String(PEER_PORT), '-v']);
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
  const { code, signal, stdout, stderr } = await lab.run('corp', 'turnutils_uclient', argumentsFor(lab, options), {
    timeoutMs,
  });
  const output = stdout + stderr;
  const result = parseTurnClientOutput(output);
  if (code === 0 && result !== undefined) return result;
  throw new Error(`turnutils_uclient over ${options.transport} failed (${signal ?? code}):\n${output.slice(-2000)}`);
}

function argumentsFor(lab: Lab, options: TurnClientOptions): string[] {
  const { transport, server, username, password, caFile } = options;
  const flags = { udp: [], tcp: ['-t'], tls: ['-t', '-S', ...(caFile === undefined ? [] : ['-E', caFile])] }[transport];
  return [
    ...flags,
    // No second relay for RTCP: it would ask for EVEN-PORT.
    '-c',
    ...['-u', username, '-w', password, '-p', String(server.port)],
    ...['-e', lab.addresses.cloud, '-r', String(PEER_PORT)],
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
