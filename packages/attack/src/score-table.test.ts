import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RowResult } from './run-suite.ts';
import { formatLine, formatMarkdown, formatSummary } from './score-table.ts';

const held: RowResult = { row: 1, title: 'One', source: 'CVE-1', expected: 'no', verdict: 'pass', observed: 'fine' };
const missed: RowResult = { ...held, verdict: 'fail', observed: 'said <b>|`yes`\r\n# no' };

test('servers stand side by side, and what one of them said cannot become markup', () => {
  const page = formatMarkdown([
    { name: 'A', results: [held] },
    { name: 'B', results: [missed] },
  ]);
  assert.match(page, /^\| Row \| Attack \| Expected \| A \| B \|$/m);
  assert.match(page, /^\| 1 \| One \| no \| pass \| FAIL \|$/m);
  assert.match(page, /\*\*1 \/ 0 \/ 0\*\* \| \*\*0 \/ 1 \/ 0\*\*/);
  assert.match(page, /- B: FAIL\. said &lt;b&gt;\\\| yes {3}# no/);
});

test('the rows that are not asked are part of the page and of the summary', () => {
  assert.match(formatMarkdown([{ name: 'A', results: [held] }]), /^- 52: A flood with spoofed sources/m);
  assert.match(formatSummary([held, missed]), /^1 pass, 1 fail, 0 not applicable; 9 rows cannot be asked/);
});

test('a line for the terminal has number, verdict, title and what was seen', () => {
  assert.equal(formatLine(held), ' 1  pass  One\n          fine');
});
