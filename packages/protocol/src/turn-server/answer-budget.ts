import { parseIp } from '../address.ts';
import type { Millis } from '../time.ts';

/** How many answers a network may cause in a second, and how many at once. */
export interface AnswerRate {
  readonly perSecond: number;
  readonly burst: number;
}

/**
 * What strangers of one network (a /24, or a /48 of IPv6) get over UDP. All of a hospital may come at once from one
 * address; and all of a victim's network gets, from one edge, no more than 500 answers of 88 bytes a second.
 */
export const STRANGER_RATE: AnswerRate = { perSecond: 500, burst: 2000 };
/** How often one network is told in a second that a username or password is wrong (security.md row 25). */
export const FAILURE_RATE: AnswerRate = { perSecond: 20, burst: 200 };

/** An answer up to this many times its request serves no one who forges addresses, and is free. */
const FREE_FACTOR = 1.5;

/**
 * Networks that are remembered. One that is forgotten starts afresh, and to be forgotten takes a packet from each of so
 * many other networks: more bytes than the new burst sends back.
 */
const MAX_NETWORKS = 16_384;

export function isFree(answerLength: number, requestLength: number): boolean {
  return answerLength <= FREE_FACTOR * requestLength;
}

interface Bucket {
  tokens: number;
  at: Millis;
}

/** Token buckets by network, of bounded number; the one that was quiet for longest goes first. */
export class AnswerBudget {
  readonly #rate: AnswerRate;
  readonly #buckets = new Map<string, Bucket>();

  constructor(rate: AnswerRate) {
    this.#rate = rate;
  }

  get networks(): number {
    return this.#buckets.size;
  }

  /** Takes one answer for the network of this address; `false` where it has had enough. */
  take(ip: string, now: Millis): boolean {
    const bucket = this.#bucketOf(networkOf(ip), now);
    bucket.tokens = this.#tokensOf(bucket, now);
    bucket.at = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  /** Whether the network of this address has had enough; takes nothing. */
  isSpent(ip: string, now: Millis): boolean {
    const bucket = this.#buckets.get(networkOf(ip));
    return bucket !== undefined && this.#tokensOf(bucket, now) < 1;
  }

  #tokensOf(bucket: Bucket, now: Millis): number {
    const earned = ((now - bucket.at) / 1000) * this.#rate.perSecond;
    return Math.min(this.#rate.burst, bucket.tokens + earned);
  }

  #bucketOf(network: string, now: Millis): Bucket {
    const bucket = this.#buckets.get(network) ?? { tokens: this.#rate.burst, at: now };
    // Put last: what comes first in a Map was put there longest ago.
    this.#buckets.delete(network);
    this.#buckets.set(network, bucket);
    if (this.#buckets.size > MAX_NETWORKS) {
      const [oldest] = this.#buckets.keys();
      if (oldest !== undefined) this.#buckets.delete(oldest);
    }
    return bucket;
  }
}

/** The /24 of an IPv4 address, mapped ones included, or the /48 of an IPv6 address. */
function networkOf(ip: string): string {
  if (!ip.includes(':') || ip.startsWith('::ffff:')) return ip.slice(0, ip.lastIndexOf('.'));
  return (parseIp(ip) ?? []).slice(0, 6).join(' ');
}
