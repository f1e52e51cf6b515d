import type { Config, Log } from '@pinhole/contract';
import type { Millis, PeerQuestion, PeerVerdict } from '@pinhole/protocol';
import type { Resolve } from '../resolve.ts';
import { createPeerPolicy, type OwnPlaces, type PeerPolicyOptions } from './peer-policy.ts';
import { namesIn } from './peer-rules.ts';
import { ResolvedNames } from './resolved-names.ts';

export interface PeerAccessOptions {
  readonly resolve: Resolve;
  readonly clock: () => Millis;
  readonly log: Log;
  /** What `judge` answers has changed. */
  readonly changed: () => void;
}

/** The peer policy of now: the configuration may be replaced while allocations live, and names lead elsewhere. */
export class PeerAccess {
  readonly #options: PeerAccessOptions;
  readonly #names: ResolvedNames;
  #judge: (question: PeerQuestion) => PeerVerdict = () => NOT_READY;

  constructor(options: PeerAccessOptions) {
    this.#options = options;
    this.#names = new ResolvedNames(options);
  }

  judge(question: PeerQuestion): PeerVerdict {
    return this.#judge(question);
  }

  /** Resolves once the names are resolved and the new rules hold; until then the old ones do. */
  async configure(config: Pick<Config, 'apps' | 'upstreams' | 'peers'>, own: OwnPlaces): Promise<void> {
    const policy: PeerPolicyOptions = { config, own, addressesOf: (hostname) => this.#names.addressesOf(hostname) };
    const judge = createPeerPolicy(policy);
    const names = config.upstreams.flatMap(({ media }) => namesIn(media));
    await this.#names.follow(names);
    this.#judge = judge;
    this.#names.forgetOthers(names);
    this.#options.changed();
  }

  close(): void {
    this.#names.close();
  }
}

/** Which ports are ours is known only once they are bound, and nobody has an allocation before. */
const NOT_READY: PeerVerdict = { allowed: false, rule: 'the edge is still starting' };
