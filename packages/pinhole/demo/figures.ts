import type { Transport } from '@pinhole/client';
import type { LoopCall } from './call.ts';

/** What the browser measured. `undefined`: not known yet. */
export interface Figures {
  /** How the local end reaches its relay, from the candidate pair that carries the call. */
  readonly transport: Transport | undefined;
  /** The TURN URL of that candidate. */
  readonly url: string | undefined;
  readonly roundTripMillis: number | undefined;
  /** Since the last measurement. */
  readonly bitsPerSecond: number | undefined;
  readonly packetsLost: number;
  readonly packetsReceived: number;
  readonly framesDecoded: number;
}

const SHORTEST_SAMPLE_MILLIS = 500;

interface Sample {
  readonly at: number;
  readonly bytes: number;
}

type Stats = Readonly<Record<string, unknown>>;

/** Reads a call's statistics; keeps the last sample, since bitrates are differences. */
export class FigureReader {
  readonly #call: LoopCall;
  #last: Sample | undefined;

  constructor(call: LoopCall) {
    this.#call = call;
  }

  async read(): Promise<Figures> {
    const sending = await readStats(this.#call.caller);
    const receiving = await readStats(this.#call.callee);
    const inbound = receiving.filter((stats) => stats.type === 'inbound-rtp');
    const pair = selectedPair(sending);
    const local = sending.find((stats) => stats.id === pair?.localCandidateId);
    const roundTrip = pair?.currentRoundTripTime;
    return {
      transport: local?.candidateType === 'relay' ? asTransport(local.relayProtocol) : undefined,
      url: typeof local?.url === 'string' ? local.url : undefined,
      roundTripMillis: typeof roundTrip === 'number' ? roundTrip * 1000 : undefined,
      bitsPerSecond: this.#bitrate(sum(inbound, 'bytesReceived')),
      packetsLost: sum(inbound, 'packetsLost'),
      packetsReceived: sum(inbound, 'packetsReceived'),
      framesDecoded: sum(inbound, 'framesDecoded'),
    };
  }

  #bitrate(bytes: number): number | undefined {
    const now = { at: performance.now(), bytes };
    const last = this.#last;
    // Between two pictures nothing is sent, so a short look proves nothing.
    if (last !== undefined && now.at - last.at < SHORTEST_SAMPLE_MILLIS) return undefined;
    this.#last = now;
    if (last === undefined) return undefined;
    return ((now.bytes - last.bytes) * 8000) / (now.at - last.at);
  }
}

async function readStats(connection: RTCPeerConnection): Promise<readonly Stats[]> {
  const report = await connection.getStats();
  const all: Stats[] = [];
  report.forEach((stats: Stats) => {
    all.push(stats);
  });
  return all;
}

function selectedPair(all: readonly Stats[]): Stats | undefined {
  const id = all.find((stats) => stats.type === 'transport')?.selectedCandidatePairId;
  // Firefox has no transport statistics, and marks the pair instead.
  return all.find((stats) => stats.type === 'candidate-pair' && (id === undefined ? stats.selected : stats.id === id));
}

function asTransport(value: unknown): Transport | undefined {
  return value === 'udp' || value === 'tcp' || value === 'tls' ? value : undefined;
}

function sum(all: readonly Stats[], field: string): number {
  return all.reduce((total, stats) => total + (typeof stats[field] === 'number' ? stats[field] : 0), 0);
}
