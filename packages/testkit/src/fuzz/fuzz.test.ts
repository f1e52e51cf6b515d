// A few seconds of `npm run fuzz`, the same each time. Nothing of the protocol may be imported here: see open-fuzzer.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlockCoverage } from './block-coverage.ts';
import { Fuzzer } from './fuzzer.ts';
import { openFuzzer, TARGET_NAMES, type TargetName } from './open-fuzzer.ts';
import { Random } from './random.ts';
import { FuzzFailure } from './target.ts';

const SEED = 20_261_122;
/** Batches of 100 mutated inputs each, beside the corpus: about two seconds for each target. */
const BATCHES: Readonly<Record<TargetName, number>> = { decode: 150, framing: 40, server: 12 };

for (const name of TARGET_NAMES) {
  test(`${name}: every fact holds for the corpus and for ${BATCHES[name] * 100} mutations of it`, async () => {
    const fuzzer = await openFuzzer(name, SEED);
    for (let batch = 0; batch < BATCHES[name]; batch++) fuzzer.step();
    assert.ok(fuzzer.progress.kept > 0 && fuzzer.progress.functions > 20, 'the fuzzer sees nothing of the code');
  });
}

test('coverage leads to a failure that chance would need four thousand million inputs for, and it is cut to the bone', async () => {
  const coverage = new BlockCoverage((url) => url.includes('locked-door'));
  coverage.start();
  const { lockedDoor } = await import('./locked-door.test.support.ts');
  const fuzzer = new Fuzzer(lockedDoor, coverage, new Random(SEED));
  fuzzer.add(lockedDoor.seeds());
  const knock = (): void => {
    for (let batch = 0; batch < 1000; batch++) fuzzer.step();
  };
  assert.throws(knock, (error) => {
    assert.ok(error instanceof FuzzFailure);
    assert.equal(Buffer.from(error.input).toString(), 'TURN');
    return true;
  });
  coverage.stop();
});
