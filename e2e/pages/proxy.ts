// Pinhole's SDK as an app uses it: the three lines of the README, and what they end in as plain data for a test.

export interface ProxyOptions {
  readonly server: string;
  readonly app: string;
  readonly token: string;
  readonly transport: 'auto' | 'udp' | 'tcp' | 'tls';
  /** The service as the app knows it. */
  readonly signalingUrl: string;
}

/** One thing that the SDK tried. */
export interface TriedAttempt {
  readonly what: string;
  readonly urls: readonly string[];
  readonly outcome: string;
}

export type ProxyOutcome =
  | {
      readonly ok: true;
      readonly rtcConfiguration: RTCConfiguration;
      readonly signalingUrl: string;
      readonly ms: number;
    }
  | {
      readonly ok: false;
      readonly code: string;
      readonly message: string;
      readonly tried: readonly TriedAttempt[];
      readonly ms: number;
    };

interface Proxy {
  start(): Promise<unknown>;
  readonly rtcConfiguration: RTCConfiguration;
  signalingUrl(url: string): string;
}

interface Sdk {
  createProxy(options: object): Proxy;
}

interface CodedError extends Error {
  readonly code?: string;
  readonly details?: { readonly tried?: readonly TriedAttempt[] };
}

// The bundle is a built file that the type checker does not see.
const SDK_PATH = '/sdk/pinhole.js';

export async function startProxy({ signalingUrl, ...options }: ProxyOptions): Promise<ProxyOutcome> {
  const { createProxy } = (await import(SDK_PATH)) as Sdk;
  const proxy = createProxy({ ...options, mode: 'standard' });
  const startedAt = performance.now();
  const ms = (): number => Math.round(performance.now() - startedAt);
  try {
    await proxy.start();
    return {
      ok: true,
      rtcConfiguration: proxy.rtcConfiguration,
      signalingUrl: proxy.signalingUrl(signalingUrl),
      ms: ms(),
    };
  } catch (thrown) {
    const error = thrown as CodedError;
    return { ok: false, code: String(error.code), message: error.message, tried: error.details?.tried ?? [], ms: ms() };
  }
}
