import type { Config } from '@pinhole/contract';

/** What a running Pinhole takes over from a changed file. All else needs a restart. */
const RELOADABLE = [
  'apps',
  'upstreams',
  'peers',
  'limits',
  'alternateServer',
  'log',
  'demo',
] as const satisfies readonly (keyof Config)[];

export interface ConfigChange {
  /** `peers.deny`, `apps.demo.secret`: items of a list go by their name. */
  readonly path: string;
  /** What was and what is, as JSON; a secret never. */
  readonly text: string;
  readonly isReloadable: boolean;
}

/** Compares two configurations key by key. */
export function configDifference(before: Config, after: Config): readonly ConfigChange[] {
  const old = leaves(before);
  const now = leaves(after);
  // An empty list of groups has no groups to compare: those that came or went tell of themselves.
  const paths = [...new Set([...old.keys(), ...now.keys()])].filter(
    (path) => (old.get(path) ?? EMPTY) !== (now.get(path) ?? EMPTY),
  );
  return paths.map((path) => ({
    path,
    text: change(path, old.get(path), now.get(path)),
    isReloadable: (RELOADABLE as readonly string[]).includes(path.split('.', 1)[0] ?? ''),
  }));
}

/** `~ peers.deny: [] -> ["10.0.0.0/8"]`; with `!` before what stays as it was until a restart. */
export function differenceLine({ path, text, isReloadable }: ConfigChange): string {
  return isReloadable ? `  ${path}: ${text}` : `! ${path}: ${text} (needs a restart; stays as it was)`;
}

/** The configuration that holds after a reload. */
export function withReloadable(current: Config, next: Config): Config {
  return { ...current, ...Object.fromEntries(RELOADABLE.map((key) => [key, next[key]])) };
}

const EMPTY = '[]';
const SECRET = /secret|password|token/i;

function change(path: string, before: string | undefined, after: string | undefined): string {
  if (before === undefined) return SECRET.test(path) ? 'added' : `added ${after}`;
  if (after === undefined) return SECRET.test(path) ? 'removed' : `removed ${before}`;
  return SECRET.test(path) ? 'changed' : `${before} -> ${after}`;
}

/** Every value by its path, as JSON. A list of plain values is one value; groups in a list are known by id or name. */
function leaves(value: unknown, path = ''): ReadonlyMap<string, string> {
  if (Array.isArray(value) && value.some(isGroup))
    return joined(
      value.map((item, i) => [itemName(item, i), item]),
      path,
    );
  if (isGroup(value)) return joined(Object.entries(value), path);
  return value === undefined ? new Map() : new Map([[path, JSON.stringify(value)]]);
}

function joined(entries: readonly (readonly [string, unknown])[], path: string): ReadonlyMap<string, string> {
  const nested = entries.map(([key, value]) => leaves(value, path === '' ? key : `${path}.${key}`));
  return new Map(nested.flatMap((map) => [...map]));
}

function itemName(item: unknown, index: number): string {
  if (!isGroup(item)) return String(index);
  const name = item.id ?? item.name ?? item.kid;
  return typeof name === 'string' ? name : String(index);
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
