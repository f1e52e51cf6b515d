import type { Millis } from '../time.ts';
import type { AnswerRate } from './answer-budget.ts';

/**
 * How many messages a second from five-tuples without an allocation are looked at over UDP, from everywhere together:
 * far more than come when a whole fleet reconnects, and about a third of what one core can answer. Beyond it the rest of
 * the core is for those who have a call; newcomers retransmit, or come over TCP.
 */
export const NEWCOMER_RATE: AnswerRate = { perSecond: 10_000, burst: 10_000 };

/** One token bucket. In a flood this is all that a message costs. */
export class NewcomerBudget {
  readonly #rate: AnswerRate;
  #tokens: number;
  #at: Millis = 0;

  constructor(rate: AnswerRate) {
    this.#rate = rate;
    this.#tokens = rate.burst;
  }

  take(now: Millis): boolean {
    const earned = ((now - this.#at) / 1000) * this.#rate.perSecond;
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + earned);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
