import { formatAddress } from '../address.ts';
import { encodeUtf8 } from '../bytes.ts';
import type { CryptoProvider } from '../crypto.ts';
import type { FiveTuple } from '../five-tuple.ts';
import type { UnixSeconds } from '../time.ts';

/** How long a client may use one nonce. Long enough for a refresh every ten minutes, short enough to limit replay. */
export const NONCE_LIFETIME_SECONDS = 3600;

/** How far ahead the clock of another edge, which may have made the nonce, is allowed to run. */
const CLOCK_SKEW_SECONDS = 300;

const MAC_HEX_LENGTH = 24;

/**
 * Nonces that need no memory: the second of their making, and a MAC over it, the client's address and transport.
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
  const time = now.toString(16).padStart(8, '0');
  return time + macFor(time, fiveTuple, nonceKey, crypto);
}

/** Whether this server made the nonce, for this client, within the lifetime. */
export function isNonceValid(
  nonce: string,
  now: UnixSeconds,
  fiveTuple: FiveTuple,
  nonceKey: Uint8Array,
  crypto: Pick<CryptoProvider, 'hmacSha256' | 'timingSafeEqual'>,
): boolean {
  const time = nonce.slice(0, 8);
  if (!/^[0-9a-f]{8}$/.test(time)) return false;
  const age = now - Number.parseInt(time, 16);
  if (age > NONCE_LIFETIME_SECONDS || age < -CLOCK_SKEW_SECONDS) return false;
  const expected = encodeUtf8(macFor(time, fiveTuple, nonceKey, crypto));
  return crypto.timingSafeEqual(encodeUtf8(nonce.slice(8)), expected);
}

function macFor(
  time: string,
  { transport, clientAddress }: FiveTuple,
  nonceKey: Uint8Array,
  crypto: Pick<CryptoProvider, 'hmacSha256'>,
): string {
  const mac = crypto.hmacSha256(nonceKey, encodeUtf8(`${time} ${transport} ${formatAddress(clientAddress)}`));
  return Array.from(mac, (byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .slice(0, MAC_HEX_LENGTH);
}
