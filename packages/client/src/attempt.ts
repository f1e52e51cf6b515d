import type { Transport } from './transports.ts';

/**
 * How an attempt ended. `pending`: it was still running when the report was made; `timeout`: no answer within the time
 * that `start()` has; `refused`: the server answered and said no (see `code`).
 */
export type AttemptOutcome = 'works' | 'failed' | 'refused' | 'timeout' | 'pending';

/** One thing that `start()` tried. Attempts hold no credentials and may be logged. */
export interface Attempt {
  /** `session`: the request for a proxy session; else the transport whose TURN servers were tried. */
  readonly what: 'session' | Transport;
  readonly urls: readonly string[];
  readonly outcome: AttemptOutcome;
  /** How long it ran, in milliseconds. */
  readonly ms: number;
  /** The HTTP status, the STUN error code, or the browser's code of an `icecandidateerror` (701: no answer). */
  readonly code?: number;
  /** What the browser or the server said, as it is. */
  readonly text?: string;
}

/** Why the chosen transport won. */
export type DecisionReason =
  /** The best of the allowed transports works. */
  | 'best-works'
  /** Every better one failed. */
  | 'better-failed'
  /** A better one had not answered within the grace time, so it was not waited for any longer. */
  | 'better-too-slow'
  /** There was no choice: the app asked for this transport, or the server offers no other. */
  | 'only-one';

/** The payload of the `decision` event. */
export interface Decision {
  readonly chosen: Transport;
  readonly why: DecisionReason;
  /** From the call of `start()` to the choice, in milliseconds. */
  readonly ms: number;
  readonly tried: readonly Attempt[];
}

/** `udp turn:192.0.2.1:3478?transport=udp: timeout after 9000 ms (701 …)`, for messages to developers. */
export function describeAttempt({ what, urls, outcome, ms, code, text }: Attempt): string {
  const said = [code, text].filter((part) => part !== undefined && part !== '').join(' ');
  return `${what} ${urls.join(', ')}: ${outcome} after ${Math.round(ms)} ms${said === '' ? '' : ` (${said})`}`;
}
