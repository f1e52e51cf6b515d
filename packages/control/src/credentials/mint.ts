import { SESSION_TTL_SECONDS } from '@pinhole/contract';
import { type CryptoProvider, mintCredential, type UnixSeconds } from '@pinhole/protocol';
import type { App } from '../apps/app-directory.ts';
import type { PublicEndpoints } from '../endpoints/public-endpoints.ts';
import { stunUrl, turnUrls } from './ice-urls.ts';

/** What control needs of cryptography for credentials and ids. */
export type ControlCrypto = Pick<CryptoProvider, 'hmacSha1' | 'randomBytes'>;

export interface MintOptions {
  readonly endpoints: PublicEndpoints;
  readonly now: UnixSeconds;
  readonly crypto: ControlCrypto;
  /** Without it, {@link SESSION_TTL_SECONDS}`.default`; brought into its bounds. */
  readonly ttlSeconds?: number;
  /** Ends the username, for the app's own use. */
  readonly user?: string;
  /** Tells one credential from another; random where not given. */
  readonly nonce?: string;
}

/** A TURN credential with all that any of the answer formats says about it. */
export interface TurnCredential {
  readonly appId: string;
  readonly username: string;
  readonly password: string;
  readonly ttlSeconds: number;
  readonly createdAt: UnixSeconds;
  readonly expiresAt: UnixSeconds;
  readonly turnUrls: readonly string[];
  readonly stunUrl?: string;
}

/** The one place where credentials are made, whatever shape they are then given. */
export function mintTurnCredential(app: App, options: MintOptions): TurnCredential {
  const { endpoints, now, crypto, user } = options;
  const ttlSeconds = boundedTtl(options.ttlSeconds);
  const expiresAt = now + ttlSeconds;
  const nonce = options.nonce ?? randomId(crypto);
  const { kid, secret: key } = app.signingKey;
  const parts = { appId: app.id, kid, key, expiresAt, nonce, ...(user === undefined ? {} : { user }) };
  const stun = stunUrl(endpoints);
  return {
    appId: app.id,
    ...mintCredential(parts, crypto),
    ttlSeconds,
    createdAt: now,
    expiresAt,
    turnUrls: turnUrls(endpoints),
    ...(stun === undefined ? {} : { stunUrl: stun }),
  };
}

/** 128 bits that cannot be guessed, in characters that need no escaping anywhere. */
export function randomId(crypto: Pick<CryptoProvider, 'randomBytes'>): string {
  return Buffer.from(crypto.randomBytes(16)).toString('base64url');
}

function boundedTtl(ttlSeconds: number = SESSION_TTL_SECONDS.default): number {
  return Math.min(SESSION_TTL_SECONDS.max, Math.max(SESSION_TTL_SECONDS.min, ttlSeconds));
}
