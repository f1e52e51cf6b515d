// Which code ran, as V8 itself counts it: no instrumented copy of the source, no dependency.
import { type Profiler, Session } from 'node:inspector';

/** From the first character to before the last. */
type Span = readonly [start: number, end: number];

/** What one look at the counters says of one function. */
interface FunctionRun {
  readonly key: string;
  readonly whole: Span;
  readonly unvisited: readonly Span[];
}

/**
 * Block coverage of the scripts of interest, gathered over the life of the process. Modules must be imported after
 * `start`: V8 counts blocks only in what it compiles from then on.
 */
export class BlockCoverage {
  readonly #session = new Session();
  readonly #isOfInterest: (url: string) => boolean;
  /** For each function that ran, what of it never did. */
  readonly #unvisited = new Map<string, readonly Span[]>();

  constructor(isOfInterest: (url: string) => boolean) {
    this.#isOfInterest = isOfInterest;
  }

  start(): void {
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  stop(): void {
    this.#session.disconnect();
  }

  /** How many functions ran, and how many characters of them never did. */
  get progress(): { readonly functions: number; readonly unvisited: number } {
    let unvisited = 0;
    for (const spans of this.#unvisited.values()) unvisited += lengthOf(spans);
    return { functions: this.#unvisited.size, unvisited };
  }

  /** What ran since the last look. Resets V8's counters. */
  look(): readonly FunctionRun[] {
    return this.#scripts().flatMap(({ url, functions }) => functions.flatMap((fn) => runOf(url, fn)));
  }

  /** Whether this look saw code run that no absorbed one did. */
  isNews(runs: readonly FunctionRun[]): boolean {
    return runs.some((run) => {
      const known = this.#unvisited.get(run.key);
      return known === undefined || lengthOf(intersect(known, run.unvisited)) < lengthOf(known);
    });
  }

  absorb(runs: readonly FunctionRun[]): void {
    for (const { key, whole, unvisited } of runs) {
      this.#unvisited.set(key, intersect(this.#unvisited.get(key) ?? [whole], unvisited));
    }
  }

  /** The inspector answers within the call when it looks at its own process. */
  #scripts(): readonly Profiler.ScriptCoverage[] {
    let scripts: readonly Profiler.ScriptCoverage[] = [];
    this.#session.post('Profiler.takePreciseCoverage', (error, answer) => {
      if (error) throw error;
      scripts = answer.result.filter(({ url }) => this.#isOfInterest(url));
    });
    return scripts;
  }
}

/** The first range of a function is the function; one with a count of zero is a block that did not run. */
function runOf(url: string, { ranges }: Profiler.FunctionCoverage): FunctionRun[] {
  const [whole] = ranges;
  if (whole === undefined || whole.count === 0) return [];
  const unvisited = ranges.filter(({ count }) => count === 0).map(spanOf);
  return [{ key: `${url} ${whole.startOffset}`, whole: spanOf(whole), unvisited }];
}

function spanOf({ startOffset, endOffset }: Profiler.CoverageRange): Span {
  return [startOffset, endOffset];
}

function intersect(left: readonly Span[], right: readonly Span[]): Span[] {
  return left.flatMap(([start, end]) =>
    right.flatMap(([otherStart, otherEnd]): Span[] => {
      const common: Span = [Math.max(start, otherStart), Math.min(end, otherEnd)];
      return common[0] < common[1] ? [common] : [];
    }),
  );
}

function lengthOf(spans: readonly Span[]): number {
  return spans.reduce((sum, [start, end]) => sum + end - start, 0);
}
