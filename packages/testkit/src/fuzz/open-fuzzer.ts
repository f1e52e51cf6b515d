import { BlockCoverage } from './block-coverage.ts';
import { loadCorpus } from './corpus.ts';
import { Fuzzer } from './fuzzer.ts';
import { Random } from './random.ts';
import { type FuzzTarget, HINT } from './target.ts';

/** Imported late: coverage counts only what is compiled after it has started. */
const TARGETS: { readonly decode: Load; readonly framing: Load; readonly server: Load } = {
  decode: async () => (await import('./targets/decode.ts')).decodeTarget,
  framing: async () => (await import('./targets/framing.ts')).framingTarget,
  server: async () => (await import('./targets/server/server.ts')).serverTarget,
};

type Load = () => Promise<FuzzTarget>;

export type TargetName = keyof typeof TARGETS;

export const TARGET_NAMES: readonly TargetName[] = ['decode', 'framing', 'server'];

export function isTargetName(name: string): name is TargetName {
  return Object.hasOwn(TARGETS, name);
}

/** A fuzzer that has run its target's seeds and the kept corpus. Throws a FuzzFailure where one of these fails. */
export async function openFuzzer(name: TargetName, seed: number): Promise<Fuzzer> {
  const coverage = new BlockCoverage(isProtocol);
  coverage.start();
  const target = await TARGETS[name]();
  const fuzzer = new Fuzzer(target, coverage, new Random(seed));
  fuzzer.add([...target.seeds(), ...loadCorpus(name)]);
  return fuzzer;
}

/** Of many inputs, few and short ones that reach all that they reach together. */
export async function distill(name: TargetName, inputs: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
  const coverage = new BlockCoverage(isProtocol);
  coverage.start();
  const target = await TARGETS[name]();
  const withoutHints: FuzzTarget = {
    ...target,
    run: (input) => Array.from(target.run(input)).filter((feature) => !feature.startsWith(HINT)),
  };
  const fuzzer = new Fuzzer(withoutHints, coverage, new Random(0));
  fuzzer.add(inputs);
  return fuzzer.kept;
}

function isProtocol(url: string): boolean {
  return url.includes('/packages/protocol/');
}
