import type { UnixSeconds } from '../time.ts';

/**
 * A username as TURN REST backends make it, for coturn's `use-auth-secret` and others: `<unixExpiry>[:<anything>]`.
 *
 * It does not say whose secret made the password: that is found by trying.
 */
export interface SharedSecretUsername {
  readonly expiresAt: UnixSeconds;
  /** Whom the backend gave it to. */
  readonly user?: string;
}

/** `undefined` for any other text: also a colon with nobody after it. Says nothing about validity. */
export function parseSharedSecretUsername(username: string): SharedSecretUsername | undefined {
  const match = /^(\d{1,12})(?::(.+))?$/s.exec(username);
  if (match === null) return undefined;
  const [, expiresAt = '', user] = match;
  return { expiresAt: Number(expiresAt), ...(user === undefined ? {} : { user }) };
}
