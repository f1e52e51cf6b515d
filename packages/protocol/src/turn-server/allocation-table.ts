import { type AddressFamily, formatAddress, type TransportAddress } from '../address.ts';
import { DeadlineQueue } from '../deadline-queue.ts';
import { type FiveTuple, fiveTupleKey } from '../five-tuple.ts';
import type { Millis } from '../time.ts';
import type { AllocationId } from './actions.ts';
import type { Allocation } from './allocation.ts';
import { AllocationCounts } from './allocation-counts.ts';

/** How many places in the queue may be left over before anybody looks. */
const UNSWEPT = 1024;

/** All allocations, found by five-tuple (clients), by id (relays) and by relayed transport address (peers of each other). */
export class AllocationTable {
  readonly counts: AllocationCounts = new AllocationCounts();
  readonly #byFiveTuple = new Map<string, Allocation>();
  readonly #byId = new Map<AllocationId, Allocation>();
  readonly #byRelayedAddress = new Map<string, Allocation>();
  #deadlines = new DeadlineQueue<AllocationId>();
  #nextId: AllocationId = 1;

  get size(): number {
    return this.#byId.size;
  }

  /** Those of this moment: the table may change while they are looked at. */
  all(): readonly Allocation[] {
    return [...this.#byId.values()];
  }

  takeId(): AllocationId {
    return this.#nextId++;
  }

  add(allocation: Allocation): void {
    this.#byFiveTuple.set(fiveTupleKey(allocation.fiveTuple), allocation);
    this.#byId.set(allocation.id, allocation);
    this.counts.add(allocation.identity);
    this.#enqueue(allocation);
  }

  /** Gives an allocation, or its address of one family, another end. A later one needs no place in the queue: that is seen when the old one comes up. */
  expireAt(allocation: Allocation, end: Millis, family?: AddressFamily): void {
    allocation.extend(end, family);
    if (allocation.expiresAt < allocation.queuedFor) this.#enqueue(allocation);
  }

  /** Puts an allocation under another five-tuple (RFC 8016). */
  move(allocation: Allocation, fiveTuple: FiveTuple): void {
    this.#byFiveTuple.delete(fiveTupleKey(allocation.fiveTuple));
    allocation.fiveTuple = fiveTuple;
    this.#byFiveTuple.set(fiveTupleKey(fiveTuple), allocation);
  }

  /** It expires with the allocation until it is given another end. */
  addRelayedAddress(allocation: Allocation, address: TransportAddress): void {
    allocation.addRelayedAddress(address);
    this.#byRelayedAddress.set(formatAddress(address), allocation);
  }

  /** Call when it has lost one. */
  forgetRelayedAddress(address: TransportAddress): void {
    this.#byRelayedAddress.delete(formatAddress(address));
  }

  findByFiveTuple(fiveTuple: FiveTuple): Allocation | undefined {
    return this.#byFiveTuple.get(fiveTupleKey(fiveTuple));
  }

  findById(id: AllocationId): Allocation | undefined {
    return this.#byId.get(id);
  }

  findByRelayedAddress(address: TransportAddress): Allocation | undefined {
    return this.#byRelayedAddress.get(formatAddress(address));
  }

  remove(allocation: Allocation): void {
    if (!this.#byId.delete(allocation.id)) return;
    this.#byFiveTuple.delete(fiveTupleKey(allocation.fiveTuple));
    this.counts.remove(allocation.identity);
    for (const address of allocation.relayedAddresses) this.forgetRelayedAddress(address);
    this.#sweepQueue();
  }

  /** When to call `takeExpired` next. It may find nothing then: refreshes move ends without a search in the queue. */
  nextDeadline(): Millis | undefined {
    return this.#deadlines.next();
  }

  /** One of which an address at least has expired. */
  takeExpired(now: Millis): Allocation | undefined {
    for (;;) {
      const id = this.#deadlines.takeDue(now);
      if (id === undefined) return undefined;
      const allocation = this.#byId.get(id);
      if (allocation === undefined) continue;
      if (allocation.expiresAt <= now) return allocation;
      // One that is in the queue for later as well was put there when its end moved forward.
      if (allocation.queuedFor <= now) this.#enqueue(allocation);
    }
  }

  /** Call for one that `takeExpired` gave and of which an address goes on. */
  keep(allocation: Allocation): void {
    this.#enqueue(allocation);
  }

  #enqueue(allocation: Allocation): void {
    allocation.queuedFor = allocation.expiresAt;
    this.#deadlines.add(allocation.expiresAt, allocation.id);
  }

  /** What has gone leaves its place in the queue, for up to an hour: allocations that live for seconds would pile up. */
  #sweepQueue(): void {
    if (this.#deadlines.size <= 2 * this.#byId.size + UNSWEPT) return;
    this.#deadlines = new DeadlineQueue();
    for (const allocation of this.#byId.values()) this.#enqueue(allocation);
  }
}
