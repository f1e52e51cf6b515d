/** Why a packet went no further. Every drop has a reason, and each reason is one label value of a metric. */
export const DROP_REASONS: readonly [
  'notTurn',
  'badChannelData',
  'unboundChannel',
  'noPermission',
  'egressFull',
  'sendFailed',
  'clientGone',
] = ['notTurn', 'badChannelData', 'unboundChannel', 'noPermission', 'egressFull', 'sendFailed', 'clientGone'];

export type DropReason = (typeof DROP_REASONS)[number];

/** Packets and bytes of application data; headers of UDP, TURN and TLS are not counted. */
export interface Traffic {
  packets: number;
  bytes: number;
}

/**
 * What a datapath has moved since it started. `fromClients` and `fromPeers` count what came in to be relayed;
 * `toPeers` and `toClients` what went out; the difference is in `dropped`.
 */
export interface DatapathCounters {
  readonly fromClients: Readonly<Traffic>;
  readonly toPeers: Readonly<Traffic>;
  readonly fromPeers: Readonly<Traffic>;
  readonly toClients: Readonly<Traffic>;
  readonly dropped: Readonly<Record<DropReason, number>>;
  readonly openRelays: number;
  readonly clientStreams: number;
}
