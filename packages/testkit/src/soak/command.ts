// `npm run soak -- [--minutes N] [--seed S]`: churns allocations over a whole edge in this process, and says what it found.
import { parseArgs } from 'node:util';
import { soak } from './soak.ts';
import { complaintsAbout } from './verdict.ts';

const MILLIS_PER_MINUTE = 60_000;

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '15' }, seed: { type: 'string', default: '1' } },
});
process.exitCode = await main(Number(values.minutes), Number(values.seed));

async function main(minutes: number, seed: number): Promise<number> {
  if (!(minutes > 0) || !Number.isSafeInteger(seed)) {
    console.error('Usage: npm run soak -- [--minutes N] [--seed N]');
    return 2;
  }
  console.log(`Churning for ${minutes} minutes with seed ${seed}; the first third is warm-up.`);
  const result = await soak({ millis: minutes * MILLIS_PER_MINUTE, seed, progress: console.log });
  console.log(result);
  const complaints = complaintsAbout(result);
  for (const complaint of complaints) console.error(complaint);
  console.log(complaints.length === 0 ? 'Nothing was lost, nothing is left, nothing grew.' : 'That is not right.');
  return complaints.length === 0 ? 0 : 1;
}
