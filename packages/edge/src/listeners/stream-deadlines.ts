import type { Millis } from '@pinhole/protocol';

const SWEEP_INTERVAL: Millis = 1_000;

interface Watch {
  readonly deadline: Millis;
  readonly expired: () => void;
}

/**
 * What streams owe us, and by when. One coarse timer serves all of them: thousands of half-open connections must not
 * cost thousands of timers, and a second more or less matters to nobody. The timer runs only while something is owed.
 */
export class StreamDeadlines {
  readonly #clock: () => Millis;
  readonly #watches = new Map<object, Watch>();
  #timer: NodeJS.Timeout | undefined;

  constructor(clock: () => Millis) {
    this.#clock = clock;
  }

  /** Calls `expired` once, unless `clear` or another `watch` of the same stream comes first. */
  watch(stream: object, within: Millis, expired: () => void): void {
    this.#watches.set(stream, { deadline: this.#clock() + within, expired });
    this.#timer ??= setInterval(() => this.sweep(), SWEEP_INTERVAL).unref();
  }

  has(stream: object): boolean {
    return this.#watches.has(stream);
  }

  clear(stream: object): void {
    this.#watches.delete(stream);
  }

  sweep(): void {
    const now = this.#clock();
    for (const [stream, { deadline, expired }] of this.#watches) {
      if (deadline > now) continue;
      this.#watches.delete(stream);
      expired();
    }
    if (this.#watches.size === 0) this.close();
  }

  close(): void {
    this.#watches.clear();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
