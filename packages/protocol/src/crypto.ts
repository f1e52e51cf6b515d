/**
 * The cryptography that the cores need, supplied from outside so that they run wherever JavaScript runs and so that
 * tests can fix the randomness.
 */
export interface CryptoProvider {
  md5(data: Uint8Array): Uint8Array;
  sha256(data: Uint8Array): Uint8Array;
  hmacSha1(key: Uint8Array, data: Uint8Array): Uint8Array;
  hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array;
  /** Unpredictable bytes: transaction ids and nonces that can be guessed are a way in (CVE-2025-69217). */
  randomBytes(length: number): Uint8Array;
  /** Compares in a time that does not depend on the content; `false` at once where the lengths differ. */
  timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean;
}
