import type { Millis } from '@pinhole/protocol';
import { parseIp } from '@pinhole/protocol';

export interface RateLimitOptions {
  /** How many each client may ask for in a window. */
  readonly limit: number;
  readonly windowMs: Millis;
  /** How many clients are remembered; past that, all share one count, so that memory stays bounded. */
  readonly maxClients: number;
}

/** Counts requests per client address in fixed windows. */
export class RateLimit {
  readonly #options: RateLimitOptions;
  #counts = new Map<string, number>();
  #windowEnd: Millis = 0;

  constructor(options: RateLimitOptions) {
    this.#options = options;
  }

  /** Counts one request. Returns 0 where it is allowed, else the seconds to wait. */
  take(ip: string, now: Millis): number {
    if (now >= this.#windowEnd) {
      this.#counts = new Map();
      this.#windowEnd = now + this.#options.windowMs;
    }
    const known = this.#counts.size < this.#options.maxClients || this.#counts.has(prefixOf(ip));
    const client = known ? prefixOf(ip) : 'others';
    const count = (this.#counts.get(client) ?? 0) + 1;
    this.#counts.set(client, count);
    return count <= this.#options.limit ? 0 : Math.ceil((this.#windowEnd - now) / 1000);
  }
}

/** One host has a whole /64 of IPv6 addresses, so that is what is counted. */
function prefixOf(ip: string): string {
  const bytes = parseIp(ip);
  if (bytes === undefined || bytes.length === 4) return ip;
  return Buffer.from(bytes.subarray(0, 8)).toString('hex');
}
