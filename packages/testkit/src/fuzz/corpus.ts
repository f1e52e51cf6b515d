// The kept inputs of each target, one a line in hexadecimal: testdata/fuzz/<target>.hex.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../../../testdata/fuzz/', import.meta.url));

export function loadCorpus(target: string): Uint8Array[] {
  const path = corpusPath(target);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => new Uint8Array(Buffer.from(line, 'hex')));
}

/** Replaces the corpus. Sorted, so that a difference shows what is new. */
export function saveCorpus(target: string, inputs: readonly Uint8Array[]): string {
  mkdirSync(FOLDER, { recursive: true });
  const lines = new Set(inputs.map((input) => Buffer.from(input).toString('hex')));
  writeFileSync(
    corpusPath(target),
    [...lines]
      .sort()
      .map((line) => `${line}\n`)
      .join(''),
  );
  return corpusPath(target);
}

function corpusPath(target: string): string {
  return join(FOLDER, `${target}.hex`);
}
