import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { ERROR_MEANINGS, errorBody } from './error-codes.ts';

it('gives every code a client or server error status and a full sentence in both languages', () => {
  for (const [code, { status, en, zh }] of Object.entries(ERROR_MEANINGS)) {
    assert.match(code, /^[a-z]+\.[a-z_]+$/);
    assert.ok(status >= 400 && status < 600, code);
    assert.match(en, /^[A-Z].*\.$/, code);
    assert.match(zh, /[\u4e00-\u9fff].*。$/, code);
  }
});

it('leaves details out where there are none', () => {
  assert.deepEqual(Object.keys(errorBody('token.missing')), ['code', 'message']);
  assert.deepEqual(errorBody('token.expired', { by: 3 }).details, { by: 3 });
});

it('is what docs/errors.md says, row by row, both ways', () => {
  const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
  const documented = page.split('\n').filter((line) => line.startsWith('| `'));
  const expected = Object.entries(ERROR_MEANINGS).map(
    ([code, { status, en }]) => `| \`${code}\` | ${status} | ${en} |`,
  );
  assert.deepEqual(documented, expected);
});
