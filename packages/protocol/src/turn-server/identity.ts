import type { IntegrityKey } from '../stun/index.ts';

/** Who a client has proven to be. */
export interface Identity {
  readonly username: string;
  readonly appId: string;
  /**
   * Whose allocations count together: the user that the app named in the credential, who may hold several credentials,
   * or the whole username where it named none.
   */
  readonly user: string;
  /** What proved the request, and proves our answer to it. */
  readonly integrity: IntegrityKey;
}
