import { type KeyAlgorithm, longTermKey, userhash } from '../credentials/long-term-key.ts';
import { readNonceCookie } from '../credentials/nonce-cookie.ts';
import type { Credential } from '../credentials/time-limited.ts';
import type { CryptoProvider } from '../crypto.ts';
import {
  type AttributeToEncode,
  attribute,
  type IntegrityKey,
  Nonce,
  PASSWORD_ALGORITHM_MD5,
  PASSWORD_ALGORITHM_SHA256,
  PasswordAlgorithm,
  PasswordAlgorithms,
  type PasswordAlgorithmValue,
  Realm,
  readAttribute,
  type StunMessage,
  Userhash,
  Username,
} from '../stun/index.ts';

const KEY_ALGORITHMS: ReadonlyMap<number, KeyAlgorithm> = new Map([
  [PASSWORD_ALGORITHM_MD5, 'md5'],
  [PASSWORD_ALGORITHM_SHA256, 'sha256'],
]);

/** What a server asked for, and how we prove ourselves to it from then on. */
export interface Challenge {
  readonly nonce: string;
  readonly integrity: IntegrityKey;
  /** The attributes that go with every request. */
  readonly proof: readonly AttributeToEncode[];
}

/** Reads a 401 or 438 (RFC 8489 §9.2.5); `undefined` where it cannot be answered, or must not be: somebody weakened it. */
export function readChallenge(
  message: StunMessage,
  credential: Credential,
  crypto: Pick<CryptoProvider, 'md5' | 'sha256'>,
): Challenge | undefined {
  const realm = readAttribute(message, Realm);
  const nonce = readAttribute(message, Nonce);
  if (realm === undefined || nonce === undefined) return undefined;
  const features = readNonceCookie(nonce);
  const user =
    features?.usernameAnonymity === true
      ? attribute(Userhash, userhash(credential.username, realm, crypto))
      : attribute(Username, credential.username);
  const proof = [user, attribute(Realm, realm), attribute(Nonce, nonce)];

  // A server of before RFC 8489, or one that has no choice to offer.
  if (features?.passwordAlgorithms !== true) {
    return { nonce, proof, integrity: { key: longTermKey(credential, realm, crypto), hash: 'sha1' } };
  }
  // The nonce says that there was an offer: where it is gone, it was taken away.
  const offered = readAttribute(message, PasswordAlgorithms);
  const chosen = offered && firstKnown(offered);
  if (offered === undefined || chosen === undefined) return undefined;
  const key = longTermKey(credential, realm, crypto, chosen.keyAlgorithm);
  const choice = [attribute(PasswordAlgorithms, offered), attribute(PasswordAlgorithm, chosen.value)];
  return { nonce, proof: [...proof, ...choice], integrity: { key, hash: 'sha256' } };
}

function firstKnown(
  offered: readonly PasswordAlgorithmValue[],
): { value: PasswordAlgorithmValue; keyAlgorithm: KeyAlgorithm } | undefined {
  for (const value of offered) {
    const keyAlgorithm = KEY_ALGORITHMS.get(value.algorithm);
    if (keyAlgorithm !== undefined) return { value, keyAlgorithm };
  }
  return undefined;
}
