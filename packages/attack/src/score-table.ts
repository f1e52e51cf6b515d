import type { Verdict } from './check.ts';
import { ROWS_NOT_ASKED } from './rows.ts';
import type { RowResult } from './run-suite.ts';

/** The results of one server. */
export interface Score {
  readonly name: string;
  readonly results: readonly RowResult[];
}

const WORDS: Readonly<Record<Verdict, string>> = { pass: 'pass', fail: 'FAIL', 'not-applicable': 'n/a' };

/** One line per row, for a terminal. */
export function formatLine({ row, verdict, title, observed }: RowResult): string {
  return `${String(row).padStart(2)}  ${WORDS[verdict].padEnd(4)}  ${title}\n          ${observed}`;
}

export function formatSummary(results: readonly RowResult[]): string {
  const count = (verdict: Verdict): number => results.filter((result) => result.verdict === verdict).length;
  return `${count('pass')} pass, ${count('fail')} fail, ${count('not-applicable')} not applicable; ${ROWS_NOT_ASKED.size} rows cannot be asked over the network`;
}

/** All servers side by side, then what was seen, row by row. */
export function formatMarkdown(scores: readonly Score[]): string {
  const rows = scores[0]?.results ?? [];
  const verdictOf = (score: Score, row: number): string => WORDS[resultOf(score, row)?.verdict ?? 'not-applicable'];
  return [
    `| Row | Attack | Expected | ${scores.map(({ name }) => name).join(' | ')} |`,
    `|---|---|---|${'---|'.repeat(scores.length)}`,
    ...rows.map(({ row, title, expected }) =>
      tableRow([String(row), title, expected, ...scores.map((score) => verdictOf(score, row))]),
    ),
    tableRow(['', '**pass / fail / n/a**', '', ...scores.map(({ results }) => `**${totals(results)}**`)]),
    '',
    '## What was seen',
    '',
    ...rows.flatMap(({ row, title, source }) => [
      `**${row}. ${markdown(title)}** (${markdown(source)})`,
      ...scores.map(
        (score) => `- ${score.name}: ${verdictOf(score, row)}. ${markdown(resultOf(score, row)?.observed ?? '')}`,
      ),
      '',
    ]),
    '## Rows that are not asked over the network',
    '',
    ...Array.from(ROWS_NOT_ASKED, ([row, why]) => `- ${row}: ${why}`),
    '',
  ].join('\n');
}

function resultOf({ results }: Score, row: number): RowResult | undefined {
  return results.find((result) => result.row === row);
}

function totals(results: readonly RowResult[]): string {
  return (['pass', 'fail', 'not-applicable'] as const)
    .map((verdict) => results.filter((result) => result.verdict === verdict).length)
    .join(' / ');
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.map(markdown).join(' | ')} |`;
}

/** A server's words are evidence, not markup. */
function markdown(text: string): string {
  return text.replaceAll(/[|<>`\r\n]/g, (character) => ({ '|': '\\|', '<': '&lt;', '>': '&gt;' })[character] ?? ' ');
}
