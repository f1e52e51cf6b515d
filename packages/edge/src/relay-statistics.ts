import type {
  AllocationEnd,
  AllocationFacts,
  AllocationRefusal,
  AuthenticationFailure,
  ClientTransport,
  ServerDropReason,
} from '@pinhole/protocol';

/** How often an app's clients were refused an allocation for one reason. */
export interface QuotaRejection {
  readonly app: string;
  readonly kind: AllocationRefusal;
  readonly count: number;
}

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
  deniedPeers = 0;
  readonly #quotaRejections = new Map<string, QuotaRejection>();
  readonly #allocations = new Map<string, AllocationCount>();

  allocations(): Iterable<Readonly<AllocationCount>> {
    return this.#allocations.values();
  }

  quotaRejections(): Iterable<QuotaRejection> {
    return this.#quotaRejections.values();
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

  countAllocationRefusal(app: string, kind: AllocationRefusal): void {
    const key = `${app} ${kind}`;
    const count = this.#quotaRejections.get(key)?.count ?? 0;
    this.#quotaRejections.set(key, { app, kind, count: count + 1 });
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
