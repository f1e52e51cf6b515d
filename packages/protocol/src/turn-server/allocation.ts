import { type AddressFamily, addressesEqual, familyOfIp, type TransportAddress } from '../address.ts';
import type { FiveTuple } from '../five-tuple.ts';
import type { Millis } from '../time.ts';
import type { AllocationFacts, AllocationId } from './actions.ts';
import type { AllocateWish } from './handlers/allocate-wish.ts';
import type { Identity } from './identity.ts';
import { CHANNEL_LIFETIME_MILLIS, CHANNEL_QUARANTINE_MILLIS, PERMISSION_LIFETIME_MILLIS } from './options.ts';
import type { ReplyTo } from './request.ts';

/** A channel number and the one peer that it stands for (RFC 8656 §12). */
export interface ChannelBinding {
  readonly channelNumber: number;
  readonly peer: TransportAddress;
  readonly expiresAt: Millis;
}

/**
 * While the relay is being opened there is only whom to answer; once it is open there is the answer that a retransmitted
 * request gets again.
 */
export type AllocationState =
  | {
      readonly state: 'opening';
      readonly replyTo: ReplyTo;
      readonly wish: AllocateWish;
      readonly lifetimeSeconds: number;
    }
  | {
      readonly state: 'open';
      readonly allocateTransactionId: Uint8Array;
      readonly allocateResponse: Uint8Array;
    };

export interface NewAllocation {
  readonly id: AllocationId;
  readonly fiveTuple: FiveTuple;
  readonly identity: Identity;
  /** Whether connections are relayed, and no datagrams (RFC 6062). */
  readonly isTcp: boolean;
  readonly isMobile: boolean;
  readonly state: AllocationState;
  readonly expiresAt: Millis;
}

/** A relayed transport address; with two, each has its own lifetime (RFC 8656 §8). */
interface Relayed {
  readonly address: TransportAddress;
  expiresAt: Millis;
}

/** What the server keeps for one client (RFC 8656 §3.2): lifetimes of everything in here are on the monotonic clock. */
export class Allocation {
  readonly id: AllocationId;
  /** Where the client is; mobility may change it. */
  fiveTuple: FiveTuple;
  /** Where the client was when it allocated: under this the allocation is counted, from its beginning to its end. */
  readonly #openedBy: FiveTuple;
  readonly identity: Identity;
  readonly isTcp: boolean;
  /** The number of the one mobility ticket that is good; `undefined` where the client did not ask for mobility. */
  ticketSequence: number | undefined;
  state: AllocationState;
  readonly #openBy: Millis;
  readonly #relayed = new Map<AddressFamily, Relayed>();
  #firstAddress: TransportAddress | undefined;
  /** When the allocation table looks at it next; of no meaning to others. */
  queuedFor: Millis = Number.POSITIVE_INFINITY;
  readonly #permissions = new Map<string, Millis>();
  readonly #channels = new Map<number, ChannelBinding>();

  constructor({ id, fiveTuple, identity, isTcp, isMobile, state, expiresAt }: NewAllocation) {
    this.id = id;
    this.fiveTuple = fiveTuple;
    this.#openedBy = fiveTuple;
    this.ticketSequence = isMobile ? 0 : undefined;
    this.identity = identity;
    this.isTcp = isTcp;
    this.state = state;
    this.#openBy = expiresAt;
  }

  /** None until the relay is open; two at most, of different families. */
  get relayedAddresses(): readonly TransportAddress[] {
    return Array.from(this.#relayed.values(), ({ address }) => address);
  }

  /** When the first of its relayed addresses expires. */
  get expiresAt(): Millis {
    const deadlines = Array.from(this.#relayed.values(), ({ expiresAt }) => expiresAt);
    return deadlines.length === 0 ? this.#openBy : Math.min(...deadlines);
  }

  /** What is told about it; nothing before it has opened. */
  facts(): AllocationFacts | undefined {
    const relayedAddress = this.#firstAddress;
    if (relayedAddress === undefined) return undefined;
    return { allocation: this.id, appId: this.identity.appId, fiveTuple: this.#openedBy, relayedAddress };
  }

  addRelayedAddress(address: TransportAddress): void {
    this.#firstAddress ??= address;
    this.#relayed.set(address.family, { address, expiresAt: this.#openBy });
  }

  hasFamily(family: AddressFamily): boolean {
    return this.#relayed.has(family);
  }

  /** Gives the address of one family, or all, a new end. For the allocation table alone, whose queue must know. */
  extend(expiresAt: Millis, family?: AddressFamily): void {
    for (const [own, relayed] of this.#relayed)
      if (family === undefined || own === family) relayed.expiresAt = expiresAt;
  }

  expiredFamilies(now: Millis): readonly AddressFamily[] {
    return [...this.#relayed].filter(([, { expiresAt }]) => expiresAt <= now).map(([family]) => family);
  }

  /** Takes away the address of one family, with the permissions and channels of that family (RFC 8656 §8.1). */
  removeFamily(family: AddressFamily): TransportAddress | undefined {
    const removed = this.#relayed.get(family)?.address;
    this.#relayed.delete(family);
    for (const ip of this.#permissions.keys()) if (familyOfIp(ip) === family) this.#permissions.delete(ip);
    for (const [number, { peer }] of this.#channels) if (peer.family === family) this.#channels.delete(number);
    return removed;
  }

  hasPermission(peerIp: string, now: Millis): boolean {
    const deadline = this.#permissions.get(peerIp);
    return deadline !== undefined && deadline > now;
  }

  permittedIps(now: Millis): readonly string[] {
    return [...this.#permissions].flatMap(([ip, deadline]) => (deadline > now ? [ip] : []));
  }

  removePermission(peerIp: string): void {
    this.#permissions.delete(peerIp);
  }

  /** Whether these addresses, some of which may have permissions already, still fit. */
  hasRoomForPermissions(peerIps: readonly string[], limit: number, now: Millis): boolean {
    for (const [ip, deadline] of this.#permissions) if (deadline <= now) this.#permissions.delete(ip);
    const added = new Set(peerIps.filter((ip) => !this.#permissions.has(ip)));
    return this.#permissions.size + added.size <= limit;
  }

  /** Installs or refreshes a permission and gives its new deadline (RFC 8656 §9). */
  installPermission(peerIp: string, now: Millis): Millis {
    const deadline = now + PERMISSION_LIFETIME_MILLIS;
    this.#permissions.set(peerIp, deadline);
    return deadline;
  }

  /**
   * Whether the number may stand for the peer from now on: it is not bound, and was not lately bound, to another
   * peer, nor the peer to another number (RFC 8656 §12.2).
   */
  canBindChannel(channelNumber: number, peer: TransportAddress, now: Millis): boolean {
    this.#forgetOldChannels(now);
    for (const binding of this.#channels.values()) {
      const sameNumber = binding.channelNumber === channelNumber;
      if (sameNumber !== addressesEqual(binding.peer, peer)) return false;
    }
    return true;
  }

  hasRoomForChannel(channelNumber: number, limit: number): boolean {
    return this.#channels.has(channelNumber) || this.#channels.size < limit;
  }

  /** Binds or refreshes a channel and gives its new deadline. */
  bindChannel(channelNumber: number, peer: TransportAddress, now: Millis): Millis {
    const expiresAt = now + CHANNEL_LIFETIME_MILLIS;
    this.#channels.set(channelNumber, { channelNumber, peer, expiresAt });
    return expiresAt;
  }

  liveChannels(now: Millis): readonly ChannelBinding[] {
    return [...this.#channels.values()].filter(({ expiresAt }) => expiresAt > now);
  }

  /** Ends a channel before its time. Its number and its peer keep the quarantine of one that expired. */
  endChannel(channelNumber: number, now: Millis): void {
    const binding = this.#channels.get(channelNumber);
    if (binding !== undefined) this.#channels.set(channelNumber, { ...binding, expiresAt: now });
  }

  #forgetOldChannels(now: Millis): void {
    for (const binding of this.#channels.values()) {
      if (binding.expiresAt + CHANNEL_QUARANTINE_MILLIS <= now) this.#channels.delete(binding.channelNumber);
    }
  }
}
