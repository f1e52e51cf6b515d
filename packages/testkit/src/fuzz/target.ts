import type { Random } from './random.ts';

export const HINT = '~';

/** What is fuzzed: how inputs come about, and what must hold whatever they are. */
export interface FuzzTarget {
  readonly name: string;
  /** Inputs to begin with. */
  seeds(): readonly Uint8Array[];
  /** Another input, like this one or like a mixture with the other. */
  mutate(input: Uint8Array, other: Uint8Array, random: Random): Uint8Array;
  /**
   * Throws where a fact does not hold. Gives names of what happened: an input that makes something happen for the
   * first time is kept, like one that reaches new code. States are told apart by that, which coverage cannot see. Names
   * that begin with HINT lead the search, and are no reason to keep an input for good.
   */
  run(input: Uint8Array): Iterable<string>;
}

/** An input for which a fact does not hold. */
export class FuzzFailure extends Error {
  readonly target: string;
  readonly input: Uint8Array;

  constructor(target: string, input: Uint8Array, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`${target}: ${why}\n${Buffer.from(input).toString('hex')}`, { cause });
    this.target = target;
    this.input = input;
  }
}
