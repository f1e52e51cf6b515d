import { encodeBase64, encodeUtf8 } from '../bytes.ts';
import type { CryptoProvider } from '../crypto.ts';
import type { UnixSeconds } from '../time.ts';

/**
 * TURN credentials that any edge can check without asking anybody:
 *
 *     username    <unixExpiry>:<appId>.<kid>.<nonce>[:<user>]
 *     password    base64(HMAC-SHA1(app key, username))
 *
 * The outer shape (expiry, colon, free text; HMAC as password) is the one that coturn calls "use-auth-secret", so that
 * every client and tool can use them. The app id and key id inside let many apps and several keys of an app share an edge.
 */
export interface TimeLimitedUsername {
  readonly expiresAt: UnixSeconds;
  readonly appId: string;
  /** Which of the app's keys made the password. */
  readonly kid: string;
  /** Makes two credentials of the same second and user differ. */
  readonly nonce: string;
  /** Whom the app gave it to, in the app's own words. */
  readonly user?: string;
}

export interface Credential {
  readonly username: string;
  readonly password: string;
}

export interface MintOptions extends TimeLimitedUsername {
  /** The app's key `kid`. */
  readonly key: string;
}

/** App ids, key ids and nonces: what can stand between the separators of a username. */
export const CREDENTIAL_NAME: RegExp = /^[A-Za-z0-9_-]{1,64}$/;

/** Throws a TypeError where a part contains a separator: such a username would mean somebody else's app. */
export function mintCredential(options: MintOptions, crypto: Pick<CryptoProvider, 'hmacSha1'>): Credential {
  const { appId, kid, nonce, user, expiresAt, key } = options;
  for (const [part, value] of Object.entries({ appId, kid, nonce })) {
    if (!CREDENTIAL_NAME.test(value)) throw new TypeError(`${part} may hold letters, digits, "_" and "-" only`);
  }
  const username = `${expiresAt}:${appId}.${kid}.${nonce}${user === undefined ? '' : `:${user}`}`;
  return { username, password: passwordFor(username, key, crypto) };
}

/** The parts of a username of this shape; `undefined` for any other text. Says nothing about validity. */
export function parseTimeLimitedUsername(username: string): TimeLimitedUsername | undefined {
  const match = /^(\d{1,12}):([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{1,64})(?::(.*))?$/s.exec(
    username,
  );
  if (match === null) return undefined;
  const [, expiresAt = '', appId = '', kid = '', nonce = '', user] = match;
  return { expiresAt: Number(expiresAt), appId, kid, nonce, ...(user === undefined ? {} : { user }) };
}

export function passwordFor(username: string, key: string, crypto: Pick<CryptoProvider, 'hmacSha1'>): string {
  return encodeBase64(crypto.hmacSha1(encodeUtf8(key), encodeUtf8(username)));
}
