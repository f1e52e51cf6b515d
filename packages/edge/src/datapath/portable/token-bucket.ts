import type { Millis } from '@pinhole/protocol';

/** What a limit lets through at once after a quiet time: a second's worth, and never less than the largest datagram. */
export function burstBytes(bytesPerSecond: number): number {
  return Math.max(bytesPerSecond, 65_536);
}

/**
 * A budget of bytes that fills at a steady rate. The rate comes with each question, so that a limit which is changed
 * holds from the next packet on; no rate is no limit. Starts full.
 */
export class TokenBucket {
  #bytes = Number.POSITIVE_INFINITY;
  #filledAt: Millis = Number.NEGATIVE_INFINITY;

  /** Whether so many bytes are there now. Takes none. */
  has(byteLength: number, bytesPerSecond: number | undefined, now: Millis): boolean {
    if (bytesPerSecond === undefined) return true;
    const gained = (Math.max(0, now - this.#filledAt) / 1000) * bytesPerSecond;
    this.#bytes = Math.min(this.#bytes + gained, burstBytes(bytesPerSecond));
    this.#filledAt = now;
    return this.#bytes >= byteLength;
  }

  take(byteLength: number): void {
    this.#bytes -= byteLength;
  }
}
