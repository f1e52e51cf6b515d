import { formatAddress, type TransportAddress } from '../address.ts';
import { DeadlineQueue } from '../deadline-queue.ts';
import { type FiveTuple, fiveTupleKey } from '../five-tuple.ts';
import type { Millis } from '../time.ts';
import type { AllocationId } from './actions.ts';
import type { Allocation } from './allocation.ts';
import { AllocationCounts } from './allocation-counts.ts';

/** All allocations, found by five-tuple (clients), by id (relays) and by relayed transport address (peers of each other). */
export class AllocationTable {
  readonly counts: AllocationCounts = new AllocationCounts();
  readonly #byFiveTuple = new Map<string, Allocation>();
  readonly #byId = new Map<AllocationId, Allocation>();
  readonly #byRelayedAddress = new Map<string, Allocation>();
  readonly #deadlines = new DeadlineQueue<AllocationId>();
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
    this.#deadlines.add(allocation.expiresAt, allocation.id);
  }

  /** Puts an allocation under another five-tuple (RFC 8016). */
  move(allocation: Allocation, fiveTuple: FiveTuple): void {
    this.#byFiveTuple.delete(fiveTupleKey(allocation.fiveTuple));
    allocation.fiveTuple = fiveTuple;
    this.#byFiveTuple.set(fiveTupleKey(fiveTuple), allocation);
  }

  /** Call when an allocation has got its relayed transport address. */
  indexRelayedAddress(allocation: Allocation, address: TransportAddress): void {
    this.#byRelayedAddress.set(formatAddress(address), allocation);
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
    if (allocation.relayedAddress !== undefined)
      this.#byRelayedAddress.delete(formatAddress(allocation.relayedAddress));
  }

  /** When to call `takeExpired` next. It may find nothing then: refreshes move deadlines without a search in the queue. */
  nextDeadline(): Millis | undefined {
    return this.#deadlines.next();
  }

  takeExpired(now: Millis): Allocation | undefined {
    for (;;) {
      const id = this.#deadlines.takeDue(now);
      if (id === undefined) return undefined;
      const allocation = this.#byId.get(id);
      if (allocation === undefined) continue;
      if (allocation.expiresAt <= now) return allocation;
      this.#deadlines.add(allocation.expiresAt, id);
    }
  }
}
