import type { Target } from './target.ts';

export type Verdict = 'pass' | 'fail' | 'not-applicable';

export interface Outcome {
  readonly verdict: Verdict;
  /** What the server did, in a few words. */
  readonly observed: string;
}

/** One row of the security checklist, as something to ask a server over the network. */
export interface Check {
  /** The row's number; stable, so that results of different years can be laid side by side. */
  readonly row: number;
  readonly title: string;
  /** Where it happened, or which section says so. */
  readonly source: string;
  readonly expected: string;
  /**
   * `alongside`: mostly waits, and runs beside all others. `last`: leaves the server wary of this address for a while,
   * and so runs when nothing else will ask.
   */
  readonly when?: 'alongside' | 'last';
  run(target: Target): Promise<Outcome>;
}

/** One thing that a check looked at. */
export interface Observation {
  readonly what: string;
  readonly saw: string;
  readonly isExpected: boolean;
}

/** Enough to see what is wrong; a table must stay one. */
const MOST_TOLD = 8;

/** A row holds when everything that it looked at holds. What does not hold is told first and alone. */
export function judge(observations: readonly Observation[]): Outcome {
  const wrong = observations.filter(({ isExpected }) => !isExpected);
  const verdict = wrong.length === 0 ? 'pass' : 'fail';
  const told = verdict === 'pass' ? observations : wrong;
  const lines = told.slice(0, MOST_TOLD).map(({ what, saw }) => `${what}: ${saw}`);
  const rest = told.length > MOST_TOLD ? [`and ${told.length - MOST_TOLD} more`] : [];
  return { verdict, observed: [...lines, ...rest].join('; ') };
}

export function notApplicable(why: string): Outcome {
  return { verdict: 'not-applicable', observed: why };
}
