/** How often an upgrade to an upstream ended with a code: 101, the upstream's own answer, or the gateway's refusal. */
export interface UpgradeCount {
  /** The name of a declared upstream, or `unknown`. */
  readonly upstream: string;
  /** A status code; those that are not common are `4xx` and the like. */
  readonly code: string;
  readonly count: number;
}

const COMMON_CODES: ReadonlySet<number> = new Set([101, 400, 401, 403, 404, 426, 429, 500, 502, 503, 504]);

/** Labels come from lists of ours only: an upstream, or a client, must not be able to invent time series. */
export class UpgradeCounts {
  readonly #counts = new Map<string, Map<string, number>>();

  add(upstream: string | undefined, statusCode: number): void {
    const name = upstream ?? 'unknown';
    const code = COMMON_CODES.has(statusCode) ? String(statusCode) : `${String(statusCode).charAt(0)}xx`;
    const codes = this.#counts.get(name) ?? new Map<string, number>();
    this.#counts.set(name, codes.set(code, (codes.get(code) ?? 0) + 1));
  }

  list(): readonly UpgradeCount[] {
    return [...this.#counts].flatMap(([upstream, codes]) =>
      [...codes].map(([code, count]) => ({ upstream, code, count })),
    );
  }
}
