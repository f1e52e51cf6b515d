import type { IntegrityKey } from '../stun/index.ts';
import type { UnixSeconds } from '../time.ts';

/** Who a client has proven to be. */
export interface Identity {
  readonly username: string;
  readonly appId: string;
  /** Which of the app's keys made the credential. */
  readonly kid: string | undefined;
  /** When all that was started with the credential ends, where the app wants that. */
  readonly endsAt: UnixSeconds | undefined;
  /**
   * Whose allocations count together: the user that the app named in the credential, who may hold several credentials,
   * or the whole username where it named none.
   */
  readonly user: string;
  /** What proved the request, and proves our answer to it. */
  readonly integrity: IntegrityKey;
}
