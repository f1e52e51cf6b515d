import { type Credential, passwordFor } from '@pinhole/protocol';
import { nodeCrypto } from '@pinhole/protocol/node-crypto';

const TTL_SECONDS = 3600;

/** Where the suite's users come from. */
export interface CredentialSource {
  readonly first: Credential;
  /** Another user of the same server, for what one user may not do to another. */
  readonly second: Credential | undefined;
  /** A username with any expiry and its right password: only who holds the secret can make one. */
  readonly mint: ((expiresAt: string, user: string) => Credential) | undefined;
}

export function fromPassword(first: Credential): CredentialSource {
  return { first, second: undefined, mint: undefined };
}

/**
 * Users from a shared secret, as coturn's `use-auth-secret` reads them (`<unixExpiry>:<user>`), or, with an app id, as
 * Pinhole's own (`<unixExpiry>:<app>.<key>.<nonce>:<user>`).
 */
export function fromSecret(secret: string, appId?: string): CredentialSource {
  const mint = (expiresAt: string, user: string): Credential => {
    const username = `${expiresAt}:${appId === undefined ? '' : `${appId}.1.attack:`}${user}`;
    return { username, password: passwordFor(username, secret, nodeCrypto) };
  };
  const expiresAt = String(unixNow() + TTL_SECONDS);
  return { first: mint(expiresAt, 'mallory'), second: mint(expiresAt, 'alice'), mint };
}

export function unixNow(): number {
  return Math.floor(Date.now() / 1000);
}
