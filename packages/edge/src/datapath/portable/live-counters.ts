import {
  type DatapathCounters,
  DROP_REASONS,
  type DropReason,
  STREAM_END_REASONS,
  type StreamEndReason,
  type Traffic,
} from '../counters.ts';

/** The counters as the datapath writes them. They are read in place: a reader sees them move. */
export class LiveCounters implements DatapathCounters {
  readonly fromClients: Traffic = { packets: 0, bytes: 0 };
  readonly toPeers: Traffic = { packets: 0, bytes: 0 };
  readonly fromPeers: Traffic = { packets: 0, bytes: 0 };
  readonly toClients: Traffic = { packets: 0, bytes: 0 };
  readonly dropped: Record<DropReason, number> = zeros(DROP_REASONS);
  readonly endedStreams: Record<StreamEndReason, number> = zeros(STREAM_END_REASONS);
  openRelays = 0;
  clientStreams = 0;
}

export function countTraffic(traffic: Traffic, byteLength: number): void {
  traffic.packets += 1;
  traffic.bytes += byteLength;
}

function zeros<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
}
