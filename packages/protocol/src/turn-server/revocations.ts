import type { Millis } from '../time.ts';
import type { Identity } from './identity.ts';
import { type KnownCredential, MAX_CREDENTIAL_TTL_SECONDS } from './options.ts';

/** What is no longer believed: one credential, all that one key of an app made, or all of an app. */
export type Revocation =
  | { readonly username: string }
  | { readonly appId: string; readonly kid: string }
  | { readonly appId: string };

/** Whether a revocation is about this identity. */
export function isMeant(revocation: Revocation, { username, appId, kid }: Identity): boolean {
  if ('username' in revocation) return revocation.username === username;
  return revocation.appId === appId && (!('kid' in revocation) || revocation.kid === kid);
}

/** Usernames that are remembered as revoked. They take a few hundred bytes each. */
const MAX_USERNAMES = 100_000;

/**
 * What was revoked since the start. A username is forgotten when no credential that existed then can still be valid;
 * keys and apps stay, because who has a key can always make new credentials with it.
 */
export class Revocations {
  /** In the order of their ends: each lasts equally long. */
  readonly #usernames = new Map<string, Millis>();
  readonly #keys = new Set<string>();
  readonly #apps = new Set<string>();

  get size(): number {
    return this.#usernames.size + this.#keys.size + this.#apps.size;
  }

  /** Gives whether it could be remembered. Nothing is ever forgotten early in favour of another. */
  add(revocation: Revocation, now: Millis): boolean {
    if ('username' in revocation) return this.#addUsername(revocation.username, now);
    if ('kid' in revocation) this.#keys.add(`${revocation.appId}.${revocation.kid}`);
    else this.#apps.add(revocation.appId);
    return true;
  }

  has(username: string, { appId, kid }: Pick<KnownCredential, 'appId' | 'kid'>, now: Millis): boolean {
    const until = this.#usernames.get(username);
    return (until !== undefined && until > now) || this.#keys.has(`${appId}.${kid}`) || this.#apps.has(appId);
  }

  #addUsername(username: string, now: Millis): boolean {
    for (const [old, until] of this.#usernames) {
      if (until > now) break;
      this.#usernames.delete(old);
    }
    this.#usernames.delete(username);
    if (this.#usernames.size >= MAX_USERNAMES) return false;
    this.#usernames.set(username, now + MAX_CREDENTIAL_TTL_SECONDS * 1000);
    return true;
  }
}
