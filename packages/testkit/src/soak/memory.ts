import { readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What the process holds after a full collection. */
export interface Held {
  readonly residentBytes: number;
  readonly heapBytes: number;
  /** Open descriptors; the handles of the event loop where the system does not list them. */
  readonly descriptors: number;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

export function held(): Held {
  collect();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { residentBytes: rss, heapBytes: heapUsed + external, descriptors: countDescriptors() };
}

function countDescriptors(): number {
  if (process.platform === 'linux') return readdirSync('/proc/self/fd').length;
  return process.getActiveResourcesInfo().length;
}

/** The middle one; a peak at the moment of looking is nobody's leak. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
