import type { PeerConnectionConstructor } from './browser-probe.ts';
import { ProxyError } from './errors.ts';
import { parseUrl } from './parse-url.ts';
import { TRANSPORTS, type TransportChoice } from './transports.ts';

/** An app token (see `pinhole token`), or a function that gets a fresh one; it is called at every `start()`. */
export type TokenSource = string | (() => string | Promise<string>);

/** The part of `fetch` that the SDK uses. */
export type FetchLike = (
  url: string,
  init: {
    method: 'POST';
    headers: Record<string, string>;
    body: string;
    signal: AbortSignal;
    credentials: 'omit';
    redirect: 'error';
  },
) => Promise<{ readonly status: number; json(): Promise<unknown> }>;

export interface ProxyOptions {
  /** The address of Pinhole, `https://rtc.example.com`. */
  readonly server: string;
  /** The id of the app, as in the server's config. The server checks it against the token. */
  readonly app: string;
  readonly token: TokenSource;
  /** `standard`: everything goes through the proxy. The only mode of this version, and the default. */
  readonly mode?: 'standard';
  /** `auto`, the default: the best one that works. Any other: that one or an error. */
  readonly transport?: TransportChoice;
  /** Instead of the platform's own. */
  readonly fetch?: FetchLike;
  /** Instead of the platform's own, for platforms that have none. */
  readonly webrtc?: { readonly RTCPeerConnection: PeerConnectionConstructor };
  /** The longest that `start()` may take, in milliseconds: 1000 to 60000, 9500 by default. */
  readonly startTimeoutMs?: number;
}

/** Options that have been checked and filled in. */
export interface Settings {
  /** Without a slash at its end. */
  readonly server: string;
  readonly app: string;
  readonly token: TokenSource;
  readonly transport: TransportChoice;
  readonly startTimeout: number;
}

/** Below 10 s together with what ends late by a timer's inaccuracy. */
const DEFAULT_START_TIMEOUT_MS = 9_500;

/** Options come from JavaScript too, so types alone do not hold. Throws `options.invalid`. */
export function checkOptions(options: ProxyOptions): Settings {
  const { app, token, transport = 'auto', mode = 'standard', startTimeoutMs = DEFAULT_START_TIMEOUT_MS } = options;
  if (typeof app !== 'string' || app === '') throw ProxyError.invalidOption('app', 'must be the id of an app');
  if ((typeof token !== 'string' && typeof token !== 'function') || token === '') {
    throw ProxyError.invalidOption('token', 'must be an app token, or a function that returns one');
  }
  if (mode !== 'standard') throw ProxyError.invalidOption('mode', 'must be "standard" in this version');
  if (transport !== 'auto' && !TRANSPORTS.includes(transport)) {
    throw ProxyError.invalidOption('transport', 'must be "auto", "udp", "tcp" or "tls"');
  }
  if (!(startTimeoutMs >= 1000 && startTimeoutMs <= 60_000)) {
    throw ProxyError.invalidOption('startTimeoutMs', 'must be from 1000 to 60000 milliseconds');
  }
  return { server: checkServer(options.server), app, token, transport, startTimeout: startTimeoutMs };
}

function checkServer(server: unknown): string {
  const url = typeof server === 'string' ? parseUrl(server) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw ProxyError.invalidOption('server', 'must be the https: (or http:) URL of Pinhole');
  }
  if (url.username !== '' || url.search !== '' || url.hash !== '') {
    throw ProxyError.invalidOption('server', 'must have no user name, query or fragment');
  }
  return url.href.replace(/\/$/, '');
}
