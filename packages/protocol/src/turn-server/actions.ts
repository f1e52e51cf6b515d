import type { AddressFamily, TransportAddress } from '../address.ts';
import type { FiveTuple } from '../five-tuple.ts';
import type { DecodeFailureReason } from '../stun/index.ts';
import type { Millis } from '../time.ts';

/** Names an allocation, and the relay that belongs to it, for as long as the process lives. */
export type AllocationId = number;

/** Why an input had no effect. */
export type ServerDropReason =
  | DecodeFailureReason
  | 'unexpectedClass'
  | 'unknownMethod'
  | 'malformedAttribute'
  | 'unknownAttribute'
  | 'noAllocation'
  | 'incompleteSend'
  | 'noPermission'
  | 'peerDenied'
  | 'keepAlive'
  | 'strangerBudget'
  | 'newcomerBudget'
  | 'failureBudget';

/** Why a request was not believed. The client is told a code; this is for counters and the log. */
export type AuthenticationFailure =
  | 'noIntegrity'
  | 'incomplete'
  | 'bidDown'
  | 'staleNonce'
  | 'unknownUser'
  | 'wrongPassword'
  | 'expiredCredential'
  | 'expiresTooLate'
  | 'revokedCredential';

/**
 * Which ports will do for a relay: `even` is what old RTP needs (EVEN-PORT, RFC 8656 §7.2), and `evenAndNext` holds the
 * next port as well, for the RTCP that goes with it.
 */
export type RelayPortChoice = 'any' | 'even' | 'evenAndNext';

/** Why an Allocate that was right in itself got nothing. */
export type AllocationRefusal = 'userQuota' | 'appQuota' | 'edgeCapacity' | 'noPorts' | 'draining';

/** What ended an allocation. */
export type AllocationEnd = 'refreshedToZero' | 'expired' | 'clientGone' | 'relayFailed' | 'revoked';

/** What an allocation is, for those who count or log it. */
export interface AllocationFacts {
  readonly allocation: AllocationId;
  readonly appId: string;
  readonly fiveTuple: FiveTuple;
  readonly relayedAddress: TransportAddress;
}

/** What the core wants done, in this order. The first ones move packets or change rules; the rest are news. */
export type TurnServerAction =
  | { readonly action: 'sendToClient'; readonly fiveTuple: FiveTuple; readonly bytes: Uint8Array }
  | {
      readonly action: 'sendToPeer';
      readonly allocation: AllocationId;
      readonly peer: TransportAddress;
      readonly bytes: Uint8Array;
    }
  | {
      /** Answered by `handleRelayResult`. */
      readonly action: 'openRelay';
      readonly allocation: AllocationId;
      readonly appId: string;
      readonly family: AddressFamily;
      /** A second relayed address, for the same allocation. */
      readonly additionalFamily?: AddressFamily;
      readonly port: RelayPortChoice;
      /** Between relay and peers (RFC 6062); absent: UDP. */
      readonly relayTransport?: 'tcp';
      /** Opens the port that this allocation has held since `evenAndNext`. */
      readonly reservedBy?: AllocationId;
      readonly fiveTuple: FiveTuple;
    }
  | ConnectionAction
  | {
      readonly action: 'closeRelay';
      readonly allocation: AllocationId;
      /** Only the relayed address of this family; without it all, and the port that is still held. */
      readonly family?: AddressFamily;
    }
  /** The port that the allocation held was not asked for in time. */
  | { readonly action: 'releaseReservation'; readonly allocation: AllocationId }
  | {
      /** The allocation's client is at another five-tuple from now on. */
      readonly action: 'moveClient';
      readonly allocation: AllocationId;
      readonly fiveTuple: FiveTuple;
    }
  | {
      readonly action: 'installPermission';
      readonly allocation: AllocationId;
      readonly peerIp: string;
      readonly deadline: Millis;
    }
  | {
      readonly action: 'installChannel';
      readonly allocation: AllocationId;
      readonly channelNumber: number;
      readonly peer: TransportAddress;
      readonly deadline: Millis;
    }
  | { readonly action: 'removePermission'; readonly allocation: AllocationId; readonly peerIp: string }
  | { readonly action: 'removeChannel'; readonly allocation: AllocationId; readonly channelNumber: number }
  | { readonly action: 'drop'; readonly reason: ServerDropReason }
  | { readonly action: 'allocationOpened'; readonly facts: AllocationFacts }
  | { readonly action: 'allocationEnded'; readonly facts: AllocationFacts; readonly end: AllocationEnd }
  | { readonly action: 'allocationRefused'; readonly appId: string; readonly reason: AllocationRefusal }
  | { readonly action: 'authenticationFailed'; readonly reason: AuthenticationFailure }
  | {
      readonly action: 'peerDenied';
      readonly appId: string;
      /** Whose client asked. */
      readonly fiveTuple: FiveTuple;
      readonly peer: PeerToJudge;
      /** The rule that said no, in the words of the configuration. */
      readonly rule: string;
    };

/**
 * What a TCP allocation wants of its peers' connections (RFC 6062). One is named by its allocation and its peer's address,
 * for between them there is one at most.
 */
export type ConnectionAction = {
  readonly allocation: AllocationId;
  readonly peer: TransportAddress;
} & (
  | {
      /** Answered by `handleConnectResult`, unless `closePeer` comes first. */
      readonly action: 'connectPeer';
    }
  | {
      /** Joins the client's stream of this five-tuple with the peer's connection, after what was sent to it so far. */
      readonly action: 'joinPeer';
      readonly fiveTuple: FiveTuple;
    }
  | {
      /** Ends the peer's connection, and the client's stream that is joined with it. */
      readonly action: 'closePeer';
    }
);

/** A peer address about to be used; the port is open where a permission is meant, which covers them all. */
export interface PeerToJudge {
  readonly ip: string;
  readonly port: number | undefined;
}
