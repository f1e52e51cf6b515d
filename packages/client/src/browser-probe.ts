import type { IceServer } from '@pinhole/contract';
import type { ProbeResult, RunningProbe, TransportProbe } from './transport-probe.ts';
import type { TransportGroup } from './transports.ts';

/** The part of RTCPeerConnection that probing needs; the browser's own class fits, and so do those for Node. */
export interface PeerConnectionLike {
  readonly iceGatheringState: string;
  createDataChannel(label: string): unknown;
  createOffer(): Promise<unknown>;
  setLocalDescription(description?: never): Promise<void>;
  addEventListener(type: string, listener: (event: never) => void): void;
  close(): void;
}

/** RTCPeerConnection, or a class that can stand in for it. */
export type PeerConnectionConstructor = new (configuration: {
  // The DOM's own types ask for mutable lists here.
  iceServers: { urls: string[]; username: string; credential: string }[];
  iceTransportPolicy: 'relay';
}) => PeerConnectionLike;

interface CandidateEvent {
  readonly candidate: { readonly candidate: string; readonly url?: string | null } | null;
  readonly url?: string | null;
}

interface CandidateErrorEvent {
  readonly errorCode: number;
  readonly errorText: string;
}

/** RFC 8489 §14.8 and RFC 8656 §18: the server was reached and said no. Below 300 and from 700 on it was never reached. */
function isRefusal(code: number | undefined): boolean {
  return code !== undefined && code >= 300 && code < 700;
}

/** Probes with a relay-only RTCPeerConnection: the one thing that a browser lets a page do with a TURN server. */
export function createBrowserProbe(PeerConnection: PeerConnectionConstructor): TransportProbe {
  return (group, onResult) => new BrowserProbe(PeerConnection, group, onResult);
}

class BrowserProbe implements RunningProbe {
  readonly #onResult: (result: ProbeResult) => void;
  #connection: PeerConnectionLike | undefined;
  #isClosed = false;
  #lastError: { code?: number; text?: string } = {};

  constructor(PeerConnection: PeerConnectionConstructor, group: TransportGroup, onResult: (r: ProbeResult) => void) {
    this.#onResult = onResult;
    this.#run(PeerConnection, group).catch((error: unknown) => this.#fail(error));
  }

  get lastError(): { readonly code?: number; readonly text?: string } {
    return this.#lastError;
  }

  close(): void {
    this.#isClosed = true;
    this.#connection?.close();
    this.#connection = undefined;
  }

  async #run(PeerConnection: PeerConnectionConstructor, group: TransportGroup): Promise<void> {
    // Results come after the constructor has returned, also where the class below throws at once.
    await Promise.resolve();
    if (this.#isClosed) return;
    const iceServers = group.iceServers.map(copyServer);
    const connection = new PeerConnection({ iceServers, iceTransportPolicy: 'relay' });
    this.#connection = connection;
    connection.addEventListener('icecandidate', (event: CandidateEvent) => this.#handleCandidate(event));
    connection.addEventListener('icecandidateerror', (event: CandidateErrorEvent) => this.#handleError(event));
    connection.addEventListener('icegatheringstatechange', () => this.#handleGatheringState(connection));
    // One data channel makes one component: a single allocation per server.
    connection.createDataChannel('probe');
    const offer = await connection.createOffer();
    if (!this.#isClosed) await connection.setLocalDescription(offer as never);
  }

  #handleCandidate(event: CandidateEvent): void {
    if (event.candidate === null || !/ typ relay\b/.test(event.candidate.candidate)) return;
    const url = event.candidate.url ?? event.url;
    this.#finish({ works: true, provenUrls: typeof url === 'string' && url !== '' ? [url] : [] });
  }

  #handleError({ errorCode, errorText }: CandidateErrorEvent): void {
    // One refusal tells more than ten time-outs that follow it.
    if (isRefusal(this.#lastError.code) && !isRefusal(errorCode)) return;
    this.#lastError = { code: errorCode, ...(errorText ? { text: errorText } : {}) };
  }

  #handleGatheringState(connection: PeerConnectionLike): void {
    if (connection.iceGatheringState !== 'complete') return;
    this.#finish({ works: false, refused: isRefusal(this.#lastError.code), ...this.#lastError });
  }

  #fail(error: unknown): void {
    this.#finish({ works: false, refused: false, text: error instanceof Error ? error.message : String(error) });
  }

  #finish(result: ProbeResult): void {
    if (this.#isClosed) return;
    this.close();
    this.#onResult(result);
  }
}

function copyServer({ urls, username, credential }: IceServer): {
  urls: string[];
  username: string;
  credential: string;
} {
  return { urls: [...urls], username, credential };
}
