import type { Log } from '@pinhole/contract';
import { formatIp, type Millis, parseIp } from '@pinhole/protocol';
import { isNoSuchName, type Resolve } from '../resolve.ts';
import { type IpRange, ipRange } from './ip-range.ts';
import { mayNameLeadTo } from './name-targets.ts';

export interface ResolvedNamesOptions {
  readonly resolve: Resolve;
  readonly clock: () => Millis;
  readonly log: Log;
  /** Addresses came, or their grace is over: what was judged by them wants judging again. */
  readonly changed: () => void;
}

/** A name that moves is followed this soon. The system's resolver tells no TTL; it and its caches keep to it for us. */
const INTERVAL_MILLIS: Millis = 30_000;
/** An address that left the answers stays this long: a round robin gives some of them each time, and calls go on. */
const GRACE_MILLIS: Millis = 300_000;
/** Of one name, allowed and refused each: who answers with new ones each time fills neither our memory nor the log. */
const MAX_ADDRESSES = 256;
/** A start does not wait longer for the first answers. */
const FIRST_ANSWER_MILLIS: Millis = 5000;

interface KnownAddress {
  readonly range: IpRange;
  readonly answeredAt: Millis;
}

interface KnownName {
  readonly addresses: Map<string, KnownAddress>;
  ranges: readonly IpRange[];
  /** Each refused address is told once, not every 30 s. */
  readonly refused: Set<string>;
  hasFailed: boolean;
}

/**
 * What the names in peer rules lead to. Only what was resolved here is allowed: no client can make us look up anything.
 *
 * An address that no name may lead to (loopback, a cloud's metadata) is left out, whoever controls the name. Where no
 * answer can be had the last one stays, for a resolver that is away must not end calls.
 */
export class ResolvedNames {
  readonly #options: ResolvedNamesOptions;
  readonly #names = new Map<string, KnownName>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ResolvedNamesOptions) {
    this.#options = options;
  }

  addressesOf(hostname: string): readonly IpRange[] {
    return this.#names.get(hostname)?.ranges ?? [];
  }

  /** Follows these names as well. Resolves when each has been answered, or after a few seconds without. */
  async follow(hostnames: Iterable<string>): Promise<void> {
    const added = [...new Set(hostnames)].filter((hostname) => !this.#names.has(hostname));
    for (const hostname of added) this.#names.set(hostname, newName());
    this.#schedule();
    const patience = Promise.withResolvers<void>();
    const timer = setTimeout(patience.resolve, FIRST_ANSWER_MILLIS);
    await Promise.race([Promise.all(added.map((hostname) => this.#refresh(hostname))), patience.promise]);
    clearTimeout(timer);
  }

  /** Follows these names and no others from now on. */
  forgetOthers(hostnames: readonly string[]): void {
    for (const known of this.#names.keys()) if (!hostnames.includes(known)) this.#names.delete(known);
    this.#schedule();
  }

  /** Asks for every name again. */
  async refresh(): Promise<void> {
    await Promise.all([...this.#names.keys()].map((hostname) => this.#refresh(hostname)));
  }

  close(): void {
    clearInterval(this.#timer);
    this.#names.clear();
  }

  #schedule(): void {
    clearInterval(this.#timer);
    if (this.#names.size === 0) return;
    this.#timer = setInterval(() => void this.refresh(), INTERVAL_MILLIS).unref();
  }

  async #refresh(hostname: string): Promise<void> {
    const answer = await this.#ask(hostname);
    // The name may be gone from the configuration by now.
    const name = this.#names.get(hostname);
    if (name === undefined || answer === undefined) return;
    const now = this.#options.clock();
    for (const ip of answer) {
      if (this.#isFit(hostname, name, ip)) name.addresses.set(ip, { range: ipRange(ip), answeredAt: now });
    }
    for (const [ip, { answeredAt }] of name.addresses) {
      if (now - answeredAt >= GRACE_MILLIS) name.addresses.delete(ip);
    }
    this.#publish(name);
  }

  /** The addresses in canonical text; `undefined` where nobody could be asked. */
  async #ask(hostname: string): Promise<readonly string[] | undefined> {
    try {
      const answers = await this.#options.resolve(hostname);
      this.#noteAnswer(hostname);
      return answers.flatMap(({ address }) => {
        const bytes = parseIp(address);
        return bytes === undefined ? [] : [formatIp(bytes)];
      });
    } catch (error) {
      this.#noteFailure(hostname, error);
      return isNoSuchName(error) ? [] : undefined;
    }
  }

  #isFit(hostname: string, { addresses, refused }: KnownName, ip: string): boolean {
    if (mayNameLeadTo(hostname, ip)) return addresses.has(ip) || addresses.size < MAX_ADDRESSES;
    if (refused.size < MAX_ADDRESSES && !refused.has(ip)) {
      refused.add(ip);
      this.#options.log.warn('peers.name_refused', { name: hostname, address: ip });
    }
    return false;
  }

  #publish(name: KnownName): void {
    const before = name.ranges.map(({ text }) => text).join();
    name.ranges = Array.from(name.addresses.values(), ({ range }) => range);
    if (name.ranges.map(({ text }) => text).join() !== before) this.#options.changed();
  }

  #noteAnswer(hostname: string): void {
    const name = this.#names.get(hostname);
    if (name?.hasFailed !== true) return;
    name.hasFailed = false;
    this.#options.log.info('peers.name_resolved_again', { name: hostname });
  }

  #noteFailure(hostname: string, error: unknown): void {
    const name = this.#names.get(hostname);
    if (name === undefined || name.hasFailed) return;
    name.hasFailed = true;
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    this.#options.log.warn('peers.name_not_resolved', { name: hostname, reason });
  }
}

function newName(): KnownName {
  return { addresses: new Map(), ranges: [], refused: new Set(), hasFailed: false };
}
