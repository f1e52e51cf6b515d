/** A monotonic clock in milliseconds and its timers; passed in, so that tests can hold the time. */
export interface Clock {
  now(): number;
  /** Calls `run` once after `millis`; the function it returns cancels that. */
  after(millis: number, run: () => void): () => void;
}

/** The clock of the browser or of Node. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after: (millis, run) => {
    const timer = setTimeout(run, millis);
    return () => clearTimeout(timer);
  },
};
