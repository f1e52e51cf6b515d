// The small Node programs that run inside the lab (folder inside/): how to start them, and where this checkout is.
import { fileURLToPath } from 'node:url';

/** The root of the checkout, for what the lab starts from source. */
export const CHECKOUT: string = fileURLToPath(new URL('../../../../', import.meta.url));

/** What every run from source needs; the same flags as scripts/node24.mjs. */
export const SOURCE_FLAGS: readonly string[] = ['--conditions=pinhole-source', '--disable-warning=ExperimentalWarning'];

export type InsideProgram = 'echo-server' | 'probe' | 'static-site-server' | 'wait-until-up';

/** The arguments for `process.execPath` that run one of the programs with `input` as its one JSON argument. */
export function insideProgram(name: InsideProgram, input: unknown): string[] {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const file = fileURLToPath(new URL(`./inside/${name}.${extension}`, import.meta.url));
  return [...SOURCE_FLAGS, file, JSON.stringify(input)];
}
