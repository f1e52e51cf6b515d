import type { ConfigPath, Finding } from './problems.ts';

/** What the documentation of later versions shows: refused like all that is unknown, but with the reason. */
const LATER: readonly { readonly path: RegExp; readonly value?: string; readonly instead: string }[] = [
  { path: /^relay\.ports$/, value: 'shared', instead: 'use "dedicated"' },
  { path: /^datapath$/, value: 'native', instead: 'use "auto"' },
];

/** The finding for a key or value that a later version takes, or `undefined`. */
export function laterVersion(path: ConfigPath, value: unknown): Finding | undefined {
  const name = path.join('.');
  const later = LATER.find((entry) => entry.path.test(name) && (entry.value === undefined || entry.value === value));
  if (later === undefined) return undefined;
  const subject = later.value === undefined ? 'is' : `"${later.value}" is`;
  return {
    path,
    message: `${subject} not supported in this version: ${later.instead}`,
    atKey: later.value === undefined,
  };
}
