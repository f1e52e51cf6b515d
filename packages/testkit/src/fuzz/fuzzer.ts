import assert from 'node:assert/strict';
import type { BlockCoverage } from './block-coverage.ts';
import type { Random } from './random.ts';
import { FuzzFailure, type FuzzTarget } from './target.ts';

/** Reading V8's counters costs milliseconds; most batches bring no news and are looked at once. */
const BATCH = 100;
/** An input that takes longer than this is a way to stop the server. */
const MAX_MILLIS_PER_INPUT = 1000;
/** Longer ones are slow and reach nothing more. */
const MAX_INPUT_LENGTH = 4096;
const MAX_SHRINK_RUNS = 2000;

export interface FuzzProgress {
  readonly runs: number;
  readonly kept: number;
  readonly features: number;
  readonly functions: number;
  readonly unvisited: number;
}

/** Runs a target on mutated inputs, and keeps those that reach new code or make something new happen. */
export class Fuzzer {
  readonly #target: FuzzTarget;
  readonly #coverage: BlockCoverage;
  readonly #random: Random;
  readonly #kept: Uint8Array[] = [];
  readonly #features = new Set<string>();
  #runs = 0;

  constructor(target: FuzzTarget, coverage: BlockCoverage, random: Random) {
    this.#target = target;
    this.#coverage = coverage;
    this.#random = random;
  }

  get progress(): FuzzProgress {
    return {
      runs: this.#runs,
      kept: this.#kept.length,
      features: this.#features.size,
      ...this.#coverage.progress,
    };
  }

  /** What was kept, the shortest first. */
  get kept(): readonly Uint8Array[] {
    return this.#kept.toSorted((left, right) => left.length - right.length);
  }

  /** Throws a FuzzFailure for the first of these for which a fact does not hold. */
  add(inputs: readonly Uint8Array[]): void {
    for (const input of inputs) this.#keepIfNews(input);
  }

  /** A batch of mutated inputs. Throws a FuzzFailure. */
  step(): void {
    const inputs = Array.from({ length: BATCH }, () => this.#mutated());
    const isNews = inputs.map((input) => this.#isNews(this.#run(input)));
    // Which of them reached the new code, if any did, is found out one by one.
    const suspects = this.#coverage.isNews(this.#coverage.look()) ? inputs : inputs.filter((_, i) => isNews[i]);
    for (const input of suspects) this.#keepIfNews(input);
  }

  #mutated(): Uint8Array {
    const [first, second] = [this.#any(), this.#any()];
    return this.#target.mutate(first, second, this.#random).subarray(0, MAX_INPUT_LENGTH);
  }

  #any(): Uint8Array {
    return this.#kept[this.#random.below(this.#kept.length)] ?? new Uint8Array(0);
  }

  #keepIfNews(input: Uint8Array): void {
    const features = this.#run(input);
    const look = this.#coverage.look();
    if (!this.#coverage.isNews(look) && !this.#isNews(features)) return;
    this.#coverage.absorb(look);
    for (const feature of features) this.#features.add(feature);
    this.#kept.push(input.slice());
  }

  #isNews(features: ReadonlySet<string>): boolean {
    return [...features].some((feature) => !this.#features.has(feature));
  }

  #run(input: Uint8Array): ReadonlySet<string> {
    this.#runs += 1;
    const start = performance.now();
    try {
      const features = new Set(this.#target.run(input));
      const millis = performance.now() - start;
      assert.ok(millis < MAX_MILLIS_PER_INPUT, `one input took ${Math.round(millis)} ms`);
      return features;
    } catch (cause) {
      throw new FuzzFailure(this.#target.name, shrink(this.#target, input), cause);
    }
  }
}

/** Cuts pieces out for as long as some fact still does not hold, so that somebody can read what is left. */
export function shrink(target: FuzzTarget, input: Uint8Array): Uint8Array {
  let smallest = input;
  let runs = 0;
  for (let size = smallest.length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at < smallest.length && runs < MAX_SHRINK_RUNS; runs++) {
      const candidate = without(smallest, at, size);
      if (fails(target, candidate)) smallest = candidate;
      else at += size;
    }
  }
  return smallest;
}

function without(bytes: Uint8Array, at: number, size: number): Uint8Array {
  return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + size)]);
}

function fails(target: FuzzTarget, input: Uint8Array): boolean {
  try {
    return new Set(target.run(input)).size < 0;
  } catch {
    return true;
  }
}
