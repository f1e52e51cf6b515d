import { encodeUtf8 } from '../bytes.ts';
import type { CryptoProvider } from '../crypto.ts';
import type { Credential } from './time-limited.ts';

/** How the key is made: `md5` is all that clients before RFC 8489 know. */
export type KeyAlgorithm = 'md5' | 'sha256';

/**
 * The key of long-term authentication: a hash of username ":" realm ":" password (RFC 8489 §9.2.2, §18.5.1).
 *
 * The profile "OpaqueString" that the RFC lays over the three changes nothing in ours: a realm of printable ASCII and
 * a password in Base64.
 */
export function longTermKey(
  { username, password }: Credential,
  realm: string,
  crypto: Pick<CryptoProvider, 'md5' | 'sha256'>,
  algorithm: KeyAlgorithm = 'md5',
): Uint8Array {
  const text = encodeUtf8(`${username}:${realm}:${password}`);
  return algorithm === 'sha256' ? crypto.sha256(text) : crypto.md5(text);
}

/** What a client sends in place of its username where the server offers that (RFC 8489 §14.4). */
export function userhash(username: string, realm: string, crypto: Pick<CryptoProvider, 'sha256'>): Uint8Array {
  return crypto.sha256(encodeUtf8(`${username}:${realm}`));
}
