export type { Attempt, AttemptOutcome, Decision, DecisionReason } from './attempt.ts';
export type { PeerConnectionConstructor, PeerConnectionLike } from './browser-probe.ts';
export type { Locale, ProxyErrorCode } from './error-texts.ts';
export { ProxyError, type ProxyErrorDetails } from './errors.ts';
export type { FetchLike, ProxyOptions, TokenSource } from './options.ts';
export type { PinholeProxy, ProxyEvents } from './proxy.ts';
export type { ProxyRtcConfiguration } from './rtc-configuration.ts';
export type { ProxyState } from './state.ts';
export type { Transport, TransportChoice } from './transports.ts';
