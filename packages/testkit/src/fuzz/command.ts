// `npm run fuzz -- [--minutes N] [--target T] [--seed S] [--keep]`: fuzzes for a time, and says every few seconds how it goes.
// --keep replaces testdata/fuzz by few inputs that stand for all; an input for which a fact fails is always added to it.
import { parseArgs } from 'node:util';
import { loadCorpus, saveCorpus } from './corpus.ts';
import type { Fuzzer } from './fuzzer.ts';
import { distill, isTargetName, openFuzzer, TARGET_NAMES, type TargetName } from './open-fuzzer.ts';
import { FuzzFailure } from './target.ts';

const MILLIS_PER_MINUTE = 60_000;
const PROGRESS_INTERVAL = 10_000;
/** Targets take turns, so that a run of any length has looked at all of them. */
const TURN = 2000;
const USAGE = `Usage: npm run fuzz -- [--minutes N] [--target ${TARGET_NAMES.join('|')}] [--seed N] [--keep]`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    target: { type: 'string' },
    seed: { type: 'string', default: '1' },
    keep: { type: 'boolean', default: false },
  },
});
process.exitCode = await main();

async function main(): Promise<number> {
  const names = values.target === undefined ? TARGET_NAMES : [values.target];
  const minutes = Number(values.minutes);
  const seed = Number(values.seed);
  if (!names.every(isTargetName) || !(minutes > 0) || !Number.isSafeInteger(seed)) {
    console.error(USAGE);
    return 2;
  }
  console.log(`Fuzzing ${names.join(', ')} for ${minutes} minutes with seed ${seed}.`);
  return fuzz(names, minutes * MILLIS_PER_MINUTE, seed);
}

async function fuzz(names: readonly TargetName[], millis: number, seed: number): Promise<number> {
  const end = performance.now() + millis;
  let nextLine = performance.now() + PROGRESS_INTERVAL;
  try {
    const fuzzers = new Map<TargetName, Fuzzer>();
    for (const name of names) fuzzers.set(name, await openFuzzer(name, seed));
    while (performance.now() < end) {
      for (const fuzzer of fuzzers.values()) takeTurn(fuzzer);
      if (performance.now() < nextLine) continue;
      report(fuzzers);
      nextLine = performance.now() + PROGRESS_INTERVAL;
    }
    report(fuzzers);
    if (values.keep) for (const [name, fuzzer] of fuzzers) saveCorpus(name, await distill(name, fuzzer.kept));
    return 0;
  } catch (error) {
    if (!(error instanceof FuzzFailure)) throw error;
    const path = saveCorpus(error.target, [...loadCorpus(error.target), error.input]);
    console.error(`${error.message}\nKept as a line of ${path}`);
    return 1;
  }
}

function takeTurn(fuzzer: Fuzzer): void {
  const end = performance.now() + TURN;
  while (performance.now() < end) fuzzer.step();
}

function report(fuzzers: ReadonlyMap<string, Fuzzer>): void {
  for (const [name, { progress }] of fuzzers) {
    const { runs, kept, features, functions, unvisited } = progress;
    console.log(
      `${name.padEnd(8)} ${runs} runs, ${kept} inputs kept, ${features} happenings, ` +
        `${functions} functions entered, ${unvisited} characters of them never`,
    );
  }
}
