import type { Millis } from '../time.ts';

/** RFC 8489 §6.2.1: the first retransmission after half a second, then each time twice as long. */
const INITIAL_RTO_MILLIS = 500;
/** RFC 8489 §6.2.1 "Rc": how often a request is sent in all. */
const MAX_SENDS = 7;
/** RFC 8489 §6.2.1 "Rm": how many initial timeouts the last one lasts. */
const LAST_WAIT_FACTOR = 16;
/** RFC 8489 §6.2.2 "Ti": how long an answer may take over a reliable transport. */
const RELIABLE_TIMEOUT_MILLIS = 39_500;

/** When to send a request again, and when to give it up. Streams retransmit by themselves. */
export class RetransmissionTimer {
  readonly #isReliable: boolean;
  #sends = 1;
  #rto: number = INITIAL_RTO_MILLIS;
  #deadline: Millis;

  constructor(now: Millis, isReliable: boolean) {
    this.#isReliable = isReliable;
    this.#deadline = now + (isReliable ? RELIABLE_TIMEOUT_MILLIS : INITIAL_RTO_MILLIS);
  }

  get deadline(): Millis {
    return this.#deadline;
  }

  /** Call at the deadline: whether to send once more or to give up. */
  expire(now: Millis): 'retransmit' | 'giveUp' {
    if (this.#isReliable || this.#sends === MAX_SENDS) return 'giveUp';
    this.#sends += 1;
    this.#rto *= 2;
    const isLast = this.#sends === MAX_SENDS;
    this.#deadline = now + (isLast ? INITIAL_RTO_MILLIS * LAST_WAIT_FACTOR : this.#rto);
    return 'retransmit';
  }
}
