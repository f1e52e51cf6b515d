import type { Check, Outcome } from './check.ts';
import { delay, isAlive } from './link.ts';
import { CHECKS } from './rows.ts';
import type { Target } from './target.ts';
import { UdpLink } from './udp-link.ts';

export interface RowResult extends Outcome {
  readonly row: number;
  readonly title: string;
  readonly source: string;
  readonly expected: string;
}

export interface SuiteOptions {
  /** Row numbers; all where none are given. */
  readonly only?: readonly number[];
  readonly onResult?: (result: RowResult) => void;
}

/** No check may run longer, whatever the server does: some 40 s for the one that waits for a server's timer. */
const CHECK_MS = 60_000;
const RECOVERY_MS = 5000;

/**
 * Asks every row of one server, one after the other: what one check does to the server must not be another's finding.
 * Only checks that wait run alongside.
 */
export async function runSuite(target: Target, options: SuiteOptions = {}): Promise<RowResult[]> {
  const { only, onResult } = options;
  const checks = CHECKS.filter(({ row }) => only === undefined || only.includes(row));
  const results: RowResult[] = [];
  const record = async (check: Check): Promise<void> => {
    const result = await runCheck(check, target);
    results.push(result);
    onResult?.(result);
  };
  const alongside = checks.filter(({ when }) => when === 'alongside').map(record);
  for (const check of checks.filter(({ when }) => when === undefined)) await record(check);
  await Promise.all(alongside);
  for (const check of checks.filter(({ when }) => when === 'last')) await record(check);
  return results.sort((a, b) => a.row - b.row);
}

async function runCheck({ run, row, title, source, expected }: Check, target: Target): Promise<RowResult> {
  const about = { row, title, source, expected };
  const outcome = await bounded(run(target)).catch(
    (error: unknown): Outcome => ({ verdict: 'fail', observed: `could not be asked: ${describe(error)}` }),
  );
  // A row is not held by a server that is down after it.
  const isUp = await serves(target);
  return isUp ? { ...about, ...outcome } : { ...about, verdict: 'fail', observed: 'the server no longer answers' };
}

async function bounded(outcome: Promise<Outcome>): Promise<Outcome> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`not done after ${CHECK_MS / 1000} s`)), CHECK_MS);
  try {
    return await Promise.race([outcome, promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function serves({ udp }: Target): Promise<boolean> {
  await using link = await UdpLink.open(udp);
  const until = performance.now() + RECOVERY_MS;
  while (performance.now() < until) {
    if (await isAlive(link)) return true;
    await delay(100);
  }
  return false;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
