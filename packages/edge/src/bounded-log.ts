import type { Log, LogFields } from '@pinhole/contract';
import type { Millis } from '@pinhole/protocol';

const INTERVAL_MILLIS = 1000;
const LINES_PER_INTERVAL = 5;

/** Lines that the network can cause: a few each second, and how many were left out with the next one. */
export class BoundedLog {
  readonly #log: Log;
  #intervalEnd: Millis = 0;
  #lines = 0;
  #leftOut = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  warn(now: Millis, event: string, fields: LogFields): void {
    if (now >= this.#intervalEnd) {
      this.#intervalEnd = now + INTERVAL_MILLIS;
      this.#lines = 0;
    }
    if (this.#lines === LINES_PER_INTERVAL) {
      this.#leftOut += 1;
      return;
    }
    this.#lines += 1;
    this.#log.warn(event, this.#leftOut === 0 ? fields : { ...fields, leftOut: this.#leftOut });
    this.#leftOut = 0;
  }
}
