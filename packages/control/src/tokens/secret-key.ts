import type { AppKey } from '../apps/app-directory.ts';

/** The bytes with which a key signs: its text in UTF-8, so that every JWT library in every language agrees. */
export function keyBytes({ secret }: AppKey): Uint8Array {
  return new TextEncoder().encode(secret);
}
