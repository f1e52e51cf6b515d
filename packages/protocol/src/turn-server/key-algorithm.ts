import type { KeyAlgorithm } from '../credentials/long-term-key.ts';
import {
  PASSWORD_ALGORITHM_MD5,
  PASSWORD_ALGORITHM_SHA256,
  PasswordAlgorithm,
  PasswordAlgorithms,
  type PasswordAlgorithmValue,
  readAttribute,
  type StunMessage,
} from '../stun/index.ts';

const SHA256: PasswordAlgorithmValue = { algorithm: PASSWORD_ALGORITHM_SHA256, parameters: new Uint8Array(0) };
const MD5: PasswordAlgorithmValue = { algorithm: PASSWORD_ALGORITHM_MD5, parameters: new Uint8Array(0) };

/** What the server offers, best first. MD5 stays for clients that know nothing else: every browser of today. */
export const OFFERED_ALGORITHMS: readonly PasswordAlgorithmValue[] = [SHA256, MD5];

/**
 * How the client made its key (RFC 8489 §9.2.4); `undefined` where the message shows that somebody changed the offer,
 * which is 400. Old clients say nothing, and mean MD5.
 */
export function keyAlgorithmOf(message: StunMessage): KeyAlgorithm | undefined {
  const chosen = readAttribute(message, PasswordAlgorithm);
  const offered = readAttribute(message, PasswordAlgorithms);
  if (chosen === undefined && offered === undefined) return 'md5';
  if (chosen === undefined || offered === undefined) return undefined;
  const isOurOffer = offered.length === OFFERED_ALGORITHMS.length && offered.every(isSame(OFFERED_ALGORITHMS));
  if (!isOurOffer || chosen.parameters.length > 0) return undefined;
  switch (chosen.algorithm) {
    case PASSWORD_ALGORITHM_SHA256:
      return 'sha256';
    case PASSWORD_ALGORITHM_MD5:
      return 'md5';
    default:
      return undefined;
  }
}

function isSame(expected: readonly PasswordAlgorithmValue[]): (value: PasswordAlgorithmValue, i: number) => boolean {
  return ({ algorithm, parameters }, i) => algorithm === expected[i]?.algorithm && parameters.length === 0;
}
