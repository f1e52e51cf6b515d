/** A point on a monotonic clock, in milliseconds. It never jumps, and says nothing about the time of day. */
export type Millis = number;

/** Wall-clock time in whole seconds since 1970. It may jump; use it only where other machines must agree on it. */
export type UnixSeconds = number;

/** Now, on both clocks. Every input to a core carries one, and no core asks a clock itself. */
export interface Instant {
  /** For lifetimes: allocations, permissions, channel bindings, timeouts. */
  readonly monotonic: Millis;
  /** For what other machines made or will check: credentials, nonces. */
  readonly unix: UnixSeconds;
}
