import type { TransportAddress } from '../address.ts';
import type { CryptoProvider } from '../crypto.ts';
import type { FiveTuple } from '../five-tuple.ts';
import type { UnixSeconds } from '../time.ts';
import type { PeerToJudge } from './actions.ts';
import type { AlternateAddresses } from './alternate-addresses.ts';
import type { AnswerRate } from './answer-budget.ts';
import type { Draining } from './draining.ts';
import type { AllocationLimits } from './limits.ts';

/** What a username stands for. */
export interface KnownCredential {
  readonly appId: string;
  readonly password: string;
  readonly expiresAt: UnixSeconds;
  /** Which of the app's keys made the password. */
  readonly kid?: string;
  /** What its expiry ends; `new-only` where not given. */
  readonly expiry?: ExpiryPolicy;
  /** Whom the app gave the credential to, where it says so. */
  readonly user?: string;
}

/**
 * What the expiry of a credential ends. `new-only`: it starts no allocation any more, and those that it has go on.
 * `refresh`: nor is anything refreshed or changed, so they end with their lifetime. `hard`: they end with it.
 */
export type ExpiryPolicy = 'new-only' | 'refresh' | 'hard';

export interface PeerQuestion {
  readonly appId: string;
  readonly peer: PeerToJudge;
  /** The app whose relayed transport address the peer address is, where it is one of this server's. */
  readonly relayedFor: string | undefined;
}

export type PeerVerdict = { readonly allowed: true } | { readonly allowed: false; readonly rule: string };

export interface TurnServerOptions {
  readonly realm: string;
  readonly crypto: CryptoProvider;
  /** Keys the stateless nonces; edges that stand in for each other share it. */
  readonly nonceKey: Uint8Array;
  /**
   * What the username may stand for; none where nobody was given it. Taken one by one until the password fits. Expiry
   * is judged here in the core.
   */
  findCredentials(username: string, fiveTuple: FiveTuple): Iterable<KnownCredential>;
  /** Told which of several it was, so that it can come first the next time. */
  noteProven?(username: string, credential: KnownCredential): void;
  /** The other addresses of a server address, where there are enough of them to discover NAT behaviour with. */
  alternatesOf?(serverAddress: TransportAddress): AlternateAddresses | undefined;
  /** Whether allocations may follow a client whose address changes (RFC 8016). Absent: no. */
  readonly mobility?: boolean;
  /** Whether the app's clients may have TCP allocations (RFC 6062). Absent: no. */
  tcpRelay?(appId: string): boolean;
  /** The one place where a peer address is judged, whatever it is wanted for. */
  judgePeer(question: PeerQuestion): PeerVerdict;
  /** Asked for each request, so that they may change while the server runs; `DEFAULT_LIMITS` where there are none. */
  limits?(): AllocationLimits;
  /** Asked for each Allocate: present from when no new allocations are to be made. */
  draining?(): Draining | undefined;
  /** What strangers of one network get over UDP; `STRANGER_RATE` where not given. */
  readonly strangerRate?: AnswerRate;
  /** What is looked at over UDP from five-tuples without allocation; `NEWCOMER_RATE` where not given. */
  readonly newcomerRate?: AnswerRate;
  /** `strict` refuses what RFC 8656 took from the range of channel numbers and clients of RFC 5766 still use. */
  readonly channelNumbers?: ChannelNumberRange;
}

/** Which channel numbers are accepted: 0x4000-0x7FFF, or 0x4000-0x4FFF. */
export type ChannelNumberRange = 'wide' | 'strict';

/** How far ahead of now a credential may expire. Credentials of ours live two days, those of TURN REST backends one. */
export const MAX_CREDENTIAL_TTL_SECONDS = 604_800;
/** RFC 8656 §3.2: ten minutes unless the client asks for more. */
export const DEFAULT_LIFETIME_SECONDS = 600;
/** RFC 8656 §7.2 recommends one hour as the most that is granted. */
export const MAX_LIFETIME_SECONDS = 3600;
/** RFC 8656 §9: fixed, so that clients can rely on it. */
export const PERMISSION_LIFETIME_MILLIS = 300_000;
/** RFC 8656 §12. */
export const CHANNEL_LIFETIME_MILLIS = 600_000;
/** For how long after its end a channel number or a peer is not bound differently (RFC 8656 §12). */
export const CHANNEL_QUARANTINE_MILLIS = 300_000;
/** RFC 6062 §5.2, §5.3: a peer's connection that no client has been bound to for so long is closed. */
export const CONNECTION_BIND_MILLIS = 30_000;
/** How long a peer may take to accept a connection; RFC 6062 §5.2 leaves it to us, and the client waits for the answer. */
export const CONNECT_MILLIS = 10_000;
