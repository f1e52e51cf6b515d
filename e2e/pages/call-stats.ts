// What the browser says about a call: the pair in use and the frames that were really decoded.

export interface SelectedPair {
  readonly localType: string;
  readonly remoteType: string;
  /** Between browser and relay: udp, tcp or tls; undefined where no relay is in use. */
  readonly relayProtocol: string | undefined;
  /** The ICE server that gave the local candidate. */
  readonly url: string | undefined;
  readonly remoteAddress: string | undefined;
}

export interface CallStats {
  readonly connectionState: RTCPeerConnectionState;
  readonly pair: SelectedPair | undefined;
  readonly framesDecoded: number;
  readonly frameWidth: number;
}

// lib.dom.d.ts knows the common fields only; these are in webrtc-stats, and Chromium has them.
interface AnyStat {
  readonly id: string;
  readonly type: string;
  readonly kind?: string;
  readonly selectedCandidatePairId?: string;
  readonly localCandidateId?: string;
  readonly remoteCandidateId?: string;
  readonly candidateType?: string;
  readonly relayProtocol?: string;
  readonly url?: string;
  readonly address?: string;
  readonly framesDecoded?: number;
  readonly frameWidth?: number;
}

export async function readCallStats(connection: RTCPeerConnection): Promise<CallStats> {
  const stats = new Map<string, AnyStat>();
  (await connection.getStats()).forEach((stat: AnyStat) => {
    stats.set(stat.id, stat);
  });
  const video = [...stats.values()].find(({ type, kind }) => type === 'inbound-rtp' && kind === 'video');
  return {
    connectionState: connection.connectionState,
    pair: selectedPair(stats),
    framesDecoded: video?.framesDecoded ?? 0,
    frameWidth: video?.frameWidth ?? 0,
  };
}

function selectedPair(stats: ReadonlyMap<string, AnyStat>): SelectedPair | undefined {
  const transport = [...stats.values()].find(({ type }) => type === 'transport');
  const pair = stats.get(transport?.selectedCandidatePairId ?? '');
  const local = stats.get(pair?.localCandidateId ?? '');
  const remote = stats.get(pair?.remoteCandidateId ?? '');
  if (local === undefined || remote === undefined) return undefined;
  return {
    localType: local.candidateType ?? '',
    remoteType: remote.candidateType ?? '',
    relayProtocol: local.relayProtocol,
    url: local.url,
    remoteAddress: remote.address,
  };
}

/** `framesDecoded` now and after each of `seconds` seconds of the page's own time. */
export async function sampleFrames(connection: RTCPeerConnection, seconds: number): Promise<number[]> {
  const samples = [(await readCallStats(connection)).framesDecoded];
  const { promise, resolve } = Promise.withResolvers<number[]>();
  const ticker = setInterval(async () => {
    samples.push((await readCallStats(connection)).framesDecoded);
    if (samples.length <= seconds) return;
    clearInterval(ticker);
    resolve(samples);
  }, 1000);
  return promise;
}
