import { lookup } from 'node:dns/promises';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** Resolves a name; by default as the system does. Rejects where there is no answer. */
export type Resolve = (hostname: string) => Promise<readonly ResolvedAddress[]>;

export function resolveBySystem(hostname: string): Promise<readonly ResolvedAddress[]> {
  return lookup(hostname, { all: true });
}

/** Whether the answer is that there is no such name, and not that nobody could be asked. */
export function isNoSuchName(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOTFOUND' || error.code === 'ENODATA');
}
