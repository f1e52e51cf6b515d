import { formatAddress, type TransportAddress } from '../address.ts';
import { readUint32 } from '../bytes.ts';
import type { CryptoProvider } from '../crypto.ts';
import { DeadlineQueue } from '../deadline-queue.ts';
import { type FiveTuple, fiveTupleKey } from '../five-tuple.ts';
import type { Millis } from '../time.ts';
import type { AllocationId } from './actions.ts';
import type { ReplyTo } from './request.ts';

/** Being opened for a Connect; open, and waiting for a client's stream; or joined with one, for good. */
export type PeerConnectionState =
  | { readonly state: 'connecting'; readonly replyTo: ReplyTo; readonly deadline: Millis }
  | { readonly state: 'waiting'; readonly deadline: Millis }
  | { readonly state: 'bound'; readonly fiveTuple: FiveTuple };

/** One TCP connection between a relay and a peer (RFC 6062). */
export interface PeerConnection {
  readonly id: number;
  readonly allocation: AllocationId;
  readonly peer: TransportAddress;
  readonly state: PeerConnectionState;
}

/** The peers' connections of all TCP allocations: by id, by allocation and peer, and by the stream that they are bound to. */
export class PeerConnections {
  readonly #crypto: CryptoProvider;
  readonly #byId = new Map<number, PeerConnection>();
  readonly #byPeer = new Map<AllocationId, Map<string, PeerConnection>>();
  readonly #byStream = new Map<string, PeerConnection>();
  readonly #deadlines = new DeadlineQueue<number>();

  constructor(crypto: CryptoProvider) {
    this.#crypto = crypto;
  }

  get size(): number {
    return this.#byId.size;
  }

  countOf(allocation: AllocationId): number {
    return this.#byPeer.get(allocation)?.size ?? 0;
  }

  /** Those of this moment: they may be removed while they are looked at. */
  allOf(allocation: AllocationId): readonly PeerConnection[] {
    return [...(this.#byPeer.get(allocation)?.values() ?? [])];
  }

  find(allocation: AllocationId, peer: TransportAddress): PeerConnection | undefined {
    return this.#byPeer.get(allocation)?.get(formatAddress(peer));
  }

  findById(id: number): PeerConnection | undefined {
    return this.#byId.get(id);
  }

  findByStream(fiveTuple: FiveTuple): PeerConnection | undefined {
    return this.#byStream.get(fiveTupleKey(fiveTuple));
  }

  add(allocation: AllocationId, peer: TransportAddress, state: PeerConnectionState): PeerConnection {
    const connection: PeerConnection = { id: this.#takeId(), allocation, peer, state };
    this.#put(connection);
    return connection;
  }

  /** Gives the connection another state, and with it another deadline or none. */
  change(connection: PeerConnection, state: PeerConnectionState): void {
    this.#put({ ...connection, state });
  }

  remove({ id, allocation, peer, state }: PeerConnection): void {
    this.#byId.delete(id);
    const peers = this.#byPeer.get(allocation);
    peers?.delete(formatAddress(peer));
    if (peers?.size === 0) this.#byPeer.delete(allocation);
    if (state.state === 'bound') this.#byStream.delete(fiveTupleKey(state.fiveTuple));
  }

  removeAllOf(allocation: AllocationId): void {
    for (const connection of this.allOf(allocation)) this.remove(connection);
  }

  nextDeadline(): Millis | undefined {
    return this.#deadlines.next();
  }

  /** One whose time to be opened, or to be bound, is over. It is still there. */
  takeExpired(now: Millis): PeerConnection | undefined {
    for (let id = this.#deadlines.takeDue(now); id !== undefined; id = this.#deadlines.takeDue(now)) {
      const connection = this.#byId.get(id);
      if (connection === undefined || connection.state.state === 'bound') continue;
      if (connection.state.deadline <= now) return connection;
    }
    return undefined;
  }

  #put(connection: PeerConnection): void {
    const { id, allocation, peer, state } = connection;
    const peers = this.#byPeer.get(allocation) ?? new Map<string, PeerConnection>();
    this.#byPeer.set(allocation, peers.set(formatAddress(peer), connection));
    this.#byId.set(id, connection);
    if (state.state === 'bound') this.#byStream.set(fiveTupleKey(state.fiveTuple), connection);
    else this.#deadlines.add(state.deadline, id);
  }

  /** Not to be guessed: who knows it, and a password of the same user, gets the peer's connection. */
  #takeId(): number {
    for (;;) {
      const id = readUint32(this.#crypto.randomBytes(4), 0);
      if (!this.#byId.has(id)) return id;
    }
  }
}
