/** What the edge says of the packets it had, read from its own metrics page, as an operator would. */
export interface Books {
  readonly fromClients: number;
  readonly toClients: number;
  readonly fromPeers: number;
  readonly toPeers: number;
  /** Packets of application data that went no further, by reason. */
  readonly dropped: ReadonlyMap<string, number>;
  readonly openRelays: number;
  readonly clientStreams: number;
  readonly allocations: number;
}

/** Reasons for which messages are dropped that carry no data to be relayed: they were never counted as arrived. */
const NO_DATA: ReadonlySet<string> = new Set([
  'notTurn',
  'badChannelData',
  'keepAlive',
  'unexpectedClass',
  'unknownMethod',
  'tooShort',
  'notStun',
  'badMagicCookie',
  'badLength',
]);

export function readBooks(page: string): Books {
  const samples = Array.from(page.matchAll(/^(pinhole_\w+)(?:\{(.*)\})? (\d+)$/gm), ([, name, labels = '', value]) => {
    return { name, labels, value: Number(value) };
  });
  const sum = (name: string, ...labels: string[]): number =>
    samples
      .filter((sample) => sample.name === name && labels.every((label) => sample.labels.includes(label)))
      .reduce((total, { value }) => total + value, 0);
  const packets = (direction: string, side: string): number =>
    sum('pinhole_relay_packets_total', `direction="${direction}"`, `side="${side}"`);
  const drops = samples
    .filter(({ name }) => name === 'pinhole_dropped_packets_total')
    .map(({ labels, value }): [string, number] => [/reason="(\w+)"/.exec(labels)?.[1] ?? labels, value]);
  return {
    fromClients: packets('rx', 'client'),
    toClients: packets('tx', 'client'),
    fromPeers: packets('rx', 'peer'),
    toPeers: packets('tx', 'peer'),
    dropped: new Map(drops.filter(([reason, count]) => count > 0 && !NO_DATA.has(reason))),
    openRelays: sum('pinhole_open_relays'),
    clientStreams: sum('pinhole_client_streams'),
    allocations: sum('pinhole_allocations'),
  };
}

export function droppedInAll({ dropped }: Books): number {
  return [...dropped.values()].reduce((total, count) => total + count, 0);
}
