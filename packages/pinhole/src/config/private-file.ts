import { randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface WriteOptions {
  /** Whether others may read it. */
  readonly isPublic: boolean;
}

/** Writes a file whole or not at all, and never readable by others, not even for a moment, unless it is public. */
export function writeWhole(path: string, content: string, { isPublic }: WriteOptions): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    writeFileSync(temporary, content, { mode: isPublic ? 0o644 : 0o600, flag: 'wx' });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
