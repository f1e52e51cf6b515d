/** The candidate that `text` is probably a slip of, or `undefined` where none is near. */
export function didYouMean(text: string, candidates: readonly string[]): string | undefined {
  const plain = simplify(text);
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(plain, simplify(candidate)) }))
    .sort((a, b) => a.distance - b.distance);
  const nearest = ranked[0];
  if (nearest === undefined) return undefined;
  return nearest.distance <= Math.max(1, Math.floor(plain.length / 3)) ? nearest.candidate : undefined;
}

/** `min_port`, `min-port` and `MinPort` are the same slip. */
function simplify(text: string): string {
  return text.toLowerCase().replaceAll(/[_\-\s]/g, '');
}

/** Levenshtein's distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
