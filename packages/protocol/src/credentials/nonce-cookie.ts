/**
 * The nonce cookie (RFC 8489 §9.2): what a server's features are, where somebody on the way who strips their offer from
 * a message cannot change it unseen. After the fixed text come 24 bits as four characters of Base64.
 *
 * Bit 0 is the last one of them: §18.1 says the first, its verified erratum 6290 and the vector of Appendix B.1 the last.
 */
export interface SecurityFeatures {
  /** The server offers PASSWORD-ALGORITHMS. */
  readonly passwordAlgorithms: boolean;
  /** Requests name their user by USERHASH. */
  readonly usernameAnonymity: boolean;
}

const PREFIX = 'obMatJos2';
const BITS_LENGTH = 4;

export function nonceCookie({ passwordAlgorithms, usernameAnonymity }: SecurityFeatures): string {
  const bits = (passwordAlgorithms ? 0b01 : 0) | (usernameAnonymity ? 0b10 : 0);
  return PREFIX + btoa(String.fromCharCode(0, 0, bits));
}

/** `undefined` where the nonce has no cookie: a server of before RFC 8489. */
export function readNonceCookie(nonce: string): SecurityFeatures | undefined {
  if (!nonce.startsWith(PREFIX)) return undefined;
  const bits = nonce.slice(PREFIX.length, PREFIX.length + BITS_LENGTH);
  if (!/^[A-Za-z0-9+/]{4}$/.test(bits)) return undefined;
  const last = atob(bits).charCodeAt(2);
  return { passwordAlgorithms: (last & 0b01) !== 0, usernameAnonymity: (last & 0b10) !== 0 };
}
