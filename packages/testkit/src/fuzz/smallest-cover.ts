/** An input that was kept, and why. */
export interface KeptInput {
  readonly input: Uint8Array;
  /** All that happened in it. */
  readonly features: ReadonlySet<string>;
  /** It was the first to reach some code. */
  readonly isFirstAtCode: boolean;
}

/**
 * Few inputs in which all happens that happens in any of them: always the one with most that is not covered yet. Those
 * that were first at some code stay as they are.
 */
export function smallestCover(kept: readonly KeptInput[]): Uint8Array[] {
  const chosen = kept.filter(({ isFirstAtCode }) => isFirstAtCode);
  const covered = new Set(chosen.flatMap(({ features }) => [...features]));
  let rest = kept.filter(({ isFirstAtCode }) => !isFirstAtCode);
  while (rest.length > 0) {
    const gains = rest.map((candidate) => ({
      candidate,
      gain: [...candidate.features].filter((feature) => !covered.has(feature)).length,
    }));
    const useful = gains.filter(({ gain }) => gain > 0).sort((a, b) => b.gain - a.gain);
    const [best] = useful;
    if (best === undefined) break;
    chosen.push(best.candidate);
    for (const feature of best.candidate.features) covered.add(feature);
    rest = useful.slice(1).map(({ candidate }) => candidate);
  }
  return chosen.map(({ input }) => input);
}
