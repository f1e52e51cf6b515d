import { type KeyAlgorithm, longTermKey } from '../credentials/long-term-key.ts';
import { METHOD_ALLOCATE, verifyIntegrity } from '../stun/index.ts';
import type { AuthenticationFailure } from './actions.ts';
import { type KnownCredential, MAX_CREDENTIAL_TTL_SECONDS } from './options.ts';
import type { ReceivedMessage } from './request.ts';
import type { ServerState } from './server-state.ts';

export type Proof =
  | { readonly known: KnownCredential; readonly key: Uint8Array }
  | { readonly failure: 'unknownUser' | 'wrongPassword' };

/**
 * Finds which of the credentials that the username may stand for made the message's integrity.
 *
 * A name that stands for many makes one request as costly as many. So a network that has guessed too often lately gets
 * one try for each request: the name that was proven before, which comes first, or nothing.
 */
export function proveCredential(
  state: ServerState,
  { message, fiveTuple, now }: ReceivedMessage,
  username: string,
  algorithm: KeyAlgorithm,
): Proof {
  const { crypto, realm } = state.options;
  const keyFor = (password: string): Uint8Array => longTermKey({ username, password }, realm, crypto, algorithm);
  let isKnown = false;
  for (const known of state.options.findCredentials(username, fiveTuple)) {
    if (isKnown && state.failures.isSpent(fiveTuple.clientAddress.ip, now.monotonic)) break;
    isKnown = true;
    const key = keyFor(known.password);
    if (verifyIntegrity(message, key, crypto)) return { known, key };
  }
  if (isKnown) return { failure: 'wrongPassword' };
  // Checked against a key that nobody has, so that it takes as long as a wrong password.
  verifyIntegrity(message, keyFor(''), crypto);
  return { failure: 'unknownUser' };
}

/** Why a credential that was proven is not good for this request any more, or not yet. */
export function whyNotValid(
  state: ServerState,
  { message, now, fiveTuple }: ReceivedMessage,
  username: string,
  known: KnownCredential,
): AuthenticationFailure | undefined {
  const { expiresAt, expiry = 'new-only' } = known;
  if (state.revocations.has(username, known, now.monotonic)) return 'revokedCredential';
  // Who may make credentials may not make eternal ones: a revocation could be forgotten before them.
  if (expiresAt > now.unix + MAX_CREDENTIAL_TTL_SECONDS) return 'expiresTooLate';
  if (expiresAt > now.unix) return undefined;
  if (expiry !== 'new-only') return 'expiredCredential';
  // Expiry ends what a credential may start, and only Allocate starts something, unless it is a retransmission.
  const startsNew = message.method === METHOD_ALLOCATE && state.allocations.findByFiveTuple(fiveTuple) === undefined;
  return startsNew ? 'expiredCredential' : undefined;
}
