// The router's counters, from `nft -j list counters`.
import { COUNTER_NAMES, type CounterName } from './ruleset.ts';

export interface Count {
  readonly packets: number;
  readonly bytes: number;
}

/** What the filter did since the last profile was loaded. */
export type Counters = { readonly [name in CounterName]: Count };

interface NftObject {
  readonly counter?: { readonly name: string; readonly packets: number; readonly bytes: number };
}

/** Throws where a counter is missing: a test must never read "nothing was dropped" out of a ruleset that is not there. */
export function parseCounters(json: string): Counters {
  const listed = (JSON.parse(json) as { nftables: readonly NftObject[] }).nftables;
  const byName = new Map(listed.flatMap(({ counter }) => (counter === undefined ? [] : [[counter.name, counter]])));
  const entries = COUNTER_NAMES.map((name) => {
    const counter = byName.get(name);
    if (counter === undefined) throw new Error(`The router has no counter "${name}": load a profile first.`);
    return [name, { packets: counter.packets, bytes: counter.bytes }] as const;
  });
  return Object.fromEntries(entries) as Counters;
}
