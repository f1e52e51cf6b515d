import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CHECKS, formatLine, formatSummary, type RowResult } from '@pinhole/attack';
import { LAB_SECRET, Lab } from '@pinhole/testkit/lab';
import { AttackLab, coturnVersion } from './attack-lab.ts';

/** Rows that ask about something that Pinhole does not have, as it is configured here. All others it holds. */
const NOT_APPLICABLE: ReadonlyMap<number, string> = new Map();

/** Rows that coturn as packaged must fail, or this suite does not find what it looks for. */
const ROWS_THAT_COTURN_FAILS: readonly number[] = [6, 17, 27, 38, 41];

const skip = Lab.unavailable(['turn-tools']) ?? false;

describe('the attack suite, in one run', { skip }, () => {
  let lab: AttackLab;
  let pinhole: RowResult[];
  let coturn: RowResult[];

  before(async () => {
    lab = await AttackLab.create();
    [pinhole, coturn] = await Promise.all([lab.attack('pinhole'), lab.attack('coturn')]);
  });
  after(async () => lab?.[Symbol.asyncDispose]());

  for (const { row, title } of CHECKS) {
    const expected = NOT_APPLICABLE.has(row) ? 'not-applicable' : 'pass';
    test(`row ${row}: ${title}`, () => assertVerdict(pinhole, row, expected));
  }

  for (const row of ROWS_THAT_COTURN_FAILS) {
    test(`row ${row} finds what is known of coturn as packaged`, () => assertVerdict(coturn, row, 'fail'));
  }

  test("row 62: Pinhole's log has no secret and no control character of an attacker in it", () => {
    const text = lab.log.join('\n');
    assert.ok(lab.log.length > 0);
    assert.ok(!text.includes(LAB_SECRET));
    // Row 9 tried to end a line and to begin another.
    const forged = lab.log.filter((line) => /\p{Cc}/u.test(line) || line.startsWith('admin: yes'));
    assert.deepEqual(forged, []);
  });

  test('both servers were asked every row', (context) => {
    for (const results of [pinhole, coturn]) {
      assert.deepEqual(
        results.map(({ row }) => row),
        CHECKS.map(({ row }) => row),
      );
    }
    context.diagnostic(`Pinhole: ${formatSummary(pinhole)}`);
    context.diagnostic(`coturn ${coturnVersion()}: ${formatSummary(coturn)}`);
  });
});

function assertVerdict(results: readonly RowResult[], row: number, expected: RowResult['verdict']): void {
  const result = results.find((one) => one.row === row);
  assert.ok(result !== undefined);
  assert.equal(result.verdict, expected, formatLine(result));
}
