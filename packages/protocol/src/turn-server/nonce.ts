import { formatAddress } from '../address.ts';
import { encodeBase64, encodeUtf8, readUint32, writeUint32 } from '../bytes.ts';
import { nonceCookie } from '../credentials/nonce-cookie.ts';
import type { CryptoProvider } from '../crypto.ts';
import type { FiveTuple } from '../five-tuple.ts';
import type { UnixSeconds } from '../time.ts';

/** How long a client may use one nonce. Long enough for a refresh every ten minutes, short enough to limit replay. */
export const NONCE_LIFETIME_SECONDS = 3600;

/** How far ahead the clock of another edge, which may have made the nonce, is allowed to run. */
const CLOCK_SKEW_SECONDS = 300;

/** What the server offers, and nobody on the way can take away unseen (RFC 8489 §9.2). */
const COOKIE = nonceCookie({ passwordAlgorithms: true, usernameAnonymity: false });

const TIME_LENGTH = 4;
/** 80 bits: guessing one takes more requests than an hour holds. Cookie and all, the nonce has 32 characters. */
const MAC_LENGTH = 10;
const BODY_LENGTH = 19;

export type NonceVerdict =
  | 'valid'
  /** Too old, another client's, another server's, or made up. */
  | 'stale'
  /** Ours but for the cookie: somebody changed what we offer. */
  | 'cookieChanged';

/**
 * Nonces that need no memory: the cookie, the second of their making, and a MAC over it, the client's address and
 * transport.
 *
 * A flood of requests from forged sources thus costs an HMAC each and leaves nothing behind, and any edge that shares
 * the key can check a nonce that another one made.
 */
export function makeNonce(
  now: UnixSeconds,
  fiveTuple: FiveTuple,
  nonceKey: Uint8Array,
  crypto: Pick<CryptoProvider, 'hmacSha256'>,
): string {
  return COOKIE + body(now, fiveTuple, nonceKey, crypto);
}

/** Whether this server made the nonce, for this client, within the lifetime, and nobody changed its cookie. */
export function judgeNonce(
  nonce: string,
  now: UnixSeconds,
  fiveTuple: FiveTuple,
  nonceKey: Uint8Array,
  crypto: Pick<CryptoProvider, 'hmacSha256' | 'timingSafeEqual'>,
): NonceVerdict {
  const given = nonce.slice(-BODY_LENGTH);
  const time = timeOf(given);
  if (time === undefined) return 'stale';
  const age = now - time;
  if (age > NONCE_LIFETIME_SECONDS || age < -CLOCK_SKEW_SECONDS) return 'stale';
  const expected = body(time, fiveTuple, nonceKey, crypto);
  if (!crypto.timingSafeEqual(encodeUtf8(given), encodeUtf8(expected))) return 'stale';
  return nonce.slice(0, -BODY_LENGTH) === COOKIE ? 'valid' : 'cookieChanged';
}

function body(
  time: UnixSeconds,
  { transport, clientAddress }: FiveTuple,
  nonceKey: Uint8Array,
  crypto: Pick<CryptoProvider, 'hmacSha256'>,
): string {
  const bytes = new Uint8Array(TIME_LENGTH + MAC_LENGTH);
  writeUint32(bytes, 0, time);
  const mac = crypto.hmacSha256(nonceKey, encodeUtf8(`${time} ${transport} ${formatAddress(clientAddress)}`));
  bytes.set(mac.subarray(0, MAC_LENGTH), TIME_LENGTH);
  return encodeBase64(bytes).slice(0, BODY_LENGTH);
}

function timeOf(given: string): UnixSeconds | undefined {
  if (!/^[A-Za-z0-9+/]{19}$/.test(given)) return undefined;
  const bytes = Uint8Array.from(atob(given.slice(0, 8)), (character) => character.charCodeAt(0));
  return readUint32(bytes, 0);
}
