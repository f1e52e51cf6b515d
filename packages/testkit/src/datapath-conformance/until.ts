/** How long anything on loopback may take before a test gives up on it, in milliseconds. */
const PATIENCE = 10_000;

/** Lets the event loop turn until the condition holds. For counters, which nobody announces. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + PATIENCE;
  while (!holds()) {
    if (performance.now() > giveUpAt) throw new Error(`This never happened: ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Things that arrive, for readers who wait for them one by one. */
export class Arrivals<Thing> {
  readonly #what: string;
  readonly #waiting: Thing[] = [];

  constructor(what: string) {
    this.#what = what;
  }

  get count(): number {
    return this.#waiting.length;
  }

  add(thing: Thing): void {
    this.#waiting.push(thing);
  }

  async next(): Promise<Thing> {
    await until(this.#what, () => this.#waiting.length > 0);
    return this.#waiting.shift() as Thing;
  }
}
