import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHECKS, LAST_ROW, ROWS_NOT_ASKED } from './rows.ts';

test('every row of the checklist is a check or is named with the reason why not, and none is both', () => {
  const rows = [...CHECKS.map(({ row }) => row), ...ROWS_NOT_ASKED.keys()].sort((a, b) => a - b);
  assert.deepEqual(
    rows,
    Array.from({ length: LAST_ROW }, (_, i) => i + 1),
  );
});
