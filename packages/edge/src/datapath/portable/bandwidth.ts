import type { Millis } from '@pinhole/protocol';
import type { BandwidthLimits } from '../datapath.ts';
import { TokenBucket } from './token-bucket.ts';

export type Direction = 'fromClient' | 'fromPeer';

/** One budget each way: who sends a lot does not thereby lose what is sent to him. */
type Budget = Readonly<Record<Direction, TokenBucket>>;

/** Decides for the packets of one relay whether its own budget and its app's have room for them. */
export interface RelayBandwidth {
  /** Takes what it admits from both budgets; a packet that it refuses costs nothing. */
  admits(direction: Direction, byteLength: number, now: Millis): boolean;
}

/** The budgets of all apps. */
export class Bandwidth {
  limits: BandwidthLimits = {};
  readonly #apps = new Map<string, Budget>();

  ofRelay(appId: string): RelayBandwidth {
    const own = newBudget();
    const app = this.#ofApp(appId);
    return {
      admits: (direction, byteLength, now) => {
        const { bytesPerSecondPerAllocation, bytesPerSecondPerApp } = this.limits;
        const admitted =
          own[direction].has(byteLength, bytesPerSecondPerAllocation, now) &&
          app[direction].has(byteLength, bytesPerSecondPerApp, now);
        if (admitted) {
          own[direction].take(byteLength);
          app[direction].take(byteLength);
        }
        return admitted;
      },
    };
  }

  /** Kept for good: apps come from the configuration, and a new budget for each allocation would be none. */
  #ofApp(appId: string): Budget {
    const budget = this.#apps.get(appId) ?? newBudget();
    this.#apps.set(appId, budget);
    return budget;
  }
}

function newBudget(): Budget {
  return { fromClient: new TokenBucket(), fromPeer: new TokenBucket() };
}
