/** Why a packet went no further. Every drop has a reason, and each reason is one label value of a metric. */
export const DROP_REASONS = [
  'notTurn',
  'badChannelData',
  'unboundChannel',
  'noPermission',
  'rateLimited',
  'egressFull',
  'egressStale',
  'sendFailed',
  'clientGone',
] as const;

export type DropReason = (typeof DROP_REASONS)[number];

/** Why the datapath itself ended a client's stream. */
export const STREAM_END_REASONS = [
  /** The first bytes are of no protocol that the port serves. */
  'unknownProtocol',
  /** The edge has as many streams as it may have. */
  'tooManyConnections',
  /** The client's address has as many streams as one may have. */
  'tooManyFromClient',
  /** A proxy did not say in time, or in no form that we know, who its client is. */
  'badProxyHeader',
  /** The stream was TURN, and lost its framing. */
  'badFraming',
  'tlsFailed',
  /** Nothing was said, or no TLS handshake finished, in time. */
  'silent',
  /** A message was begun and not ended in time. */
  'halfMessage',
  /** The client asks and does not read the answers. */
  'egressFull',
  /** A peer connected to a TCP relay without a permission, or beside a connection that it has. */
  'peerNotPermitted',
] as const;

export type StreamEndReason = (typeof STREAM_END_REASONS)[number];

/** Packets and bytes of application data; headers of UDP, TURN and TLS are not counted. */
export interface Traffic {
  packets: number;
  bytes: number;
}

/**
 * What a datapath has moved since it started. `fromClients` and `fromPeers` count what came in to be relayed, be it in
 * ChannelData or in Send and Data indications; `toPeers` and `toClients` what went out. The books balance:
 *
 *     fromClients + fromPeers = toPeers + toClients + dropped (but notTurn, badChannelData) + what the core dropped
 *
 * What TCP relays move (RFC 6062) has bytes and no packets, and a stream that breaks takes with it what was on its way:
 * of it, `to…` may be less than `from…`.
 *
 * `notTurn` and `badChannelData` are of packets that nobody could relay, which are not in `fromClients`.
 */
export interface DatapathCounters {
  readonly fromClients: Readonly<Traffic>;
  readonly toPeers: Readonly<Traffic>;
  readonly fromPeers: Readonly<Traffic>;
  readonly toClients: Readonly<Traffic>;
  readonly dropped: Readonly<Record<DropReason, number>>;
  readonly openRelays: number;
  /** Streams that have shown to be TURN and are open. */
  readonly clientStreams: number;
  readonly endedStreams: Readonly<Record<StreamEndReason, number>>;
}
