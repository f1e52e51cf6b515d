import type {
  AllocationEnd,
  AllocationFacts,
  AllocationRefusal,
  AuthenticationFailure,
  ClientTransport,
  ServerDropReason,
} from '@pinhole/protocol';

export interface AllocationCount {
  readonly app: string;
  readonly transport: ClientTransport;
  /** Living now. */
  live: number;
  /** Since the start. */
  total: number;
}

/** What the turn-server core did, counted for the metrics. Labels are bounded: apps are configured, the rest are unions. */
export class RelayStatistics {
  readonly drops: Map<ServerDropReason, number> = new Map();
  readonly authenticationFailures: Map<AuthenticationFailure, number> = new Map();
  readonly allocationEnds: Map<AllocationEnd, number> = new Map();
  readonly allocationRefusals: Map<AllocationRefusal, number> = new Map();
  deniedPeers = 0;
  readonly #allocations = new Map<string, AllocationCount>();

  allocations(): Iterable<Readonly<AllocationCount>> {
    return this.#allocations.values();
  }

  countDrop(reason: ServerDropReason): void {
    increment(this.drops, reason);
  }

  countAuthenticationFailure(reason: AuthenticationFailure): void {
    increment(this.authenticationFailures, reason);
  }

  countDeniedPeer(): void {
    this.deniedPeers += 1;
  }

  countAllocationRefusal(reason: AllocationRefusal): void {
    increment(this.allocationRefusals, reason);
  }

  allocationOpened(facts: AllocationFacts): void {
    const count = this.#countOf(facts);
    count.live += 1;
    count.total += 1;
  }

  allocationEnded(facts: AllocationFacts, end: AllocationEnd): void {
    this.#countOf(facts).live -= 1;
    increment(this.allocationEnds, end);
  }

  #countOf({ appId, fiveTuple: { transport } }: AllocationFacts): AllocationCount {
    const key = `${appId} ${transport}`;
    const count = this.#allocations.get(key) ?? { app: appId, transport, live: 0, total: 0 };
    this.#allocations.set(key, count);
    return count;
  }
}

function increment<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
