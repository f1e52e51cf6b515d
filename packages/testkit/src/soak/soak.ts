import { Random } from '../fuzz/random.ts';
import { type Books, droppedInAll } from './books.ts';
import { Ledger, makeCall, openEcho } from './churn.ts';
import { EdgeUnderSoak } from './edge-under-soak.ts';
import { type Held, held, median } from './memory.ts';

export interface SoakOptions {
  readonly millis: number;
  readonly seed: number;
  readonly progress?: (line: string) => void;
}

export interface SoakResult {
  readonly ledger: Ledger;
  readonly books: Books;
  readonly dropped: number;
  /** After the warm-up, which is the first third. */
  readonly early: Held;
  readonly late: Held;
  readonly descriptorsBefore: number;
  readonly descriptorsAfter: number;
}

/** Calls that live at the same time. */
const CONCURRENCY = 24;
const SAMPLES = 30;
const HOUR_MILLIS = 3_600_000;
const MOST_PROGRESS_LINES = 30;

/** Churns allocations over every leg of a whole edge for a time, while the wall clock jumps by an hour both ways. */
export async function soak({ millis, seed, progress = () => {} }: SoakOptions): Promise<SoakResult> {
  await warmUp(seed);
  const descriptorsBefore = held().descriptors;
  const ledger = new Ledger();
  const samples: Held[] = [];
  let books: Books;
  {
    await using edge = await EdgeUnderSoak.start();
    const echo = await openEcho(ledger);
    const end = performance.now() + millis;
    using _clock = new JumpingClock(millis);
    const random = new Random(seed);
    const callers = Array.from({ length: CONCURRENCY }, async () => {
      while (performance.now() < end) await makeCall(edge, echo.address, ledger, random);
    });
    const sampler = setInterval(() => {
      samples.push(held());
      if (samples.length % Math.ceil(SAMPLES / MOST_PROGRESS_LINES) === 0) progress(lineOf(ledger, samples.at(-1)));
    }, millis / SAMPLES);
    try {
      await Promise.all(callers);
    } finally {
      clearInterval(sampler);
    }
    books = await settled(edge);
    echo.socket.close();
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
  const third = Math.floor(samples.length / 3);
  return {
    ledger,
    books,
    dropped: droppedInAll(books),
    early: middle(samples.slice(third, 2 * third)),
    late: middle(samples.slice(2 * third)),
    descriptorsBefore,
    descriptorsAfter: held().descriptors,
  };
}

/** Some descriptors are opened once for the life of a process, by whoever needs them first. */
async function warmUp(seed: number): Promise<void> {
  await using edge = await EdgeUnderSoak.start();
  const ledger = new Ledger();
  const echo = await openEcho(ledger);
  const random = new Random(seed);
  await Promise.all(Array.from({ length: CONCURRENCY }, () => makeCall(edge, echo.address, ledger, random)));
  echo.socket.close();
}

/** The wall clock of this process, an hour ahead for one quarter of the time and an hour behind for another. */
class JumpingClock implements Disposable {
  readonly #real = Date.now;
  readonly #timers: readonly NodeJS.Timeout[];

  constructor(millis: number) {
    const jump = (at: number, by: number): NodeJS.Timeout =>
      setTimeout(() => {
        Date.now = () => this.#real() + by;
      }, millis * at);
    this.#timers = [jump(0.2, HOUR_MILLIS), jump(0.4, 0), jump(0.6, -HOUR_MILLIS), jump(0.8, 0)];
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearTimeout(timer);
    Date.now = this.#real;
  }
}

/** What the edge says once streams that were just closed have been noticed. */
async function settled(edge: EdgeUnderSoak): Promise<Books> {
  const giveUpAt = performance.now() + 10_000;
  for (;;) {
    const books = await edge.books();
    if (books.clientStreams + books.openRelays === 0 || performance.now() > giveUpAt) return books;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function middle(samples: readonly Held[]): Held {
  return {
    residentBytes: median(samples.map(({ residentBytes }) => residentBytes)),
    heapBytes: median(samples.map(({ heapBytes }) => heapBytes)),
    descriptors: median(samples.map(({ descriptors }) => descriptors)),
  };
}

function lineOf({ calls, sentByClients }: Ledger, sample: Held | undefined): string {
  const { residentBytes = 0, heapBytes = 0, descriptors = 0 } = sample ?? {};
  const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  return `${calls} calls, ${sentByClients} packets, resident ${mib(residentBytes)}, heap ${mib(heapBytes)}, ${descriptors} descriptors`;
}
