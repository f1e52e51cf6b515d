import {
  attribute,
  BAD_REQUEST,
  type ErrorCodeValue,
  hasAttribute,
  type IntegrityKey,
  integrityHash,
  Nonce,
  PasswordAlgorithms,
  Realm,
  readAttribute,
  STALE_NONCE,
  UNAUTHENTICATED,
  UNKNOWN_ATTRIBUTE,
  UnknownAttributes,
  Userhash,
  Username,
} from '../stun/index.ts';
import type { AuthenticationFailure } from './actions.ts';
import type { Identity } from './identity.ts';
import { keyAlgorithmOf, OFFERED_ALGORITHMS } from './key-algorithm.ts';
import { judgeNonce, makeNonce } from './nonce.ts';
import type { KnownCredential } from './options.ts';
import { proveCredential, whyNotValid } from './prove-credential.ts';
import type { AuthenticatedRequest, ReceivedMessage } from './request.ts';
import { respondError } from './respond.ts';
import type { ServerState } from './server-state.ts';

/**
 * The server's side of the long-term credential mechanism (RFC 8489 §9.2.4). Gives the request with its identity, or
 * answers it and gives `undefined`. Nothing is remembered before the integrity is proven.
 *
 * Differs from the RFC in one order: the nonce is looked at before the password, because checking it is what bounds
 * the work that a stranger can cause. A wrong password with a stale nonce learns of the password one round trip later.
 */
export function authenticate(state: ServerState, request: ReceivedMessage): AuthenticatedRequest | undefined {
  const { message, now, fiveTuple } = request;
  const { crypto, nonceKey } = state.options;

  // No integrity: the client asks for realm and nonce.
  const hash = integrityHash(message);
  if (hash === undefined) return challenge(state, request, UNAUTHENTICATED, 'noIntegrity');

  // Integrity without the rest of the credential cannot be checked.
  const username = readAttribute(message, Username);
  const nonce = readAttribute(message, Nonce);
  if (username === undefined || nonce === undefined || !hasAttribute(message, Realm)) {
    return refuseIncomplete(state, request);
  }

  // A nonce that is not ours, not this client's, or too old; or ours with another cookie: then the offer was changed.
  const verdict = judgeNonce(nonce, now.unix, fiveTuple, nonceKey, crypto);
  if (verdict === 'stale') return challenge(state, request, STALE_NONCE, 'staleNonce');
  const algorithm = keyAlgorithmOf(message);
  if (verdict === 'cookieChanged' || algorithm === undefined) return refuse(state, request, BAD_REQUEST, 'bidDown');

  // The username and the password.
  const proof = proveCredential(state, request, username, algorithm);
  if ('failure' in proof) return refuseWrong(state, request, proof.failure);
  const { known, key } = proof;
  const whyNot = whyNotValid(state, request, username, known);
  if (whyNot !== undefined) return challenge(state, request, UNAUTHENTICATED, whyNot);
  state.options.noteProven?.(username, known);
  return { ...request, identity: identityOf(username, known, { key, hash }) };
}

function identityOf(username: string, known: KnownCredential, integrity: IntegrityKey): Identity {
  const { appId, kid, user, expiry, expiresAt } = known;
  const endsAt = expiry === 'hard' ? expiresAt : undefined;
  return { username, appId, kid, endsAt, user: user || username, integrity };
}

/** A network that guesses is told so only so often; that others of it have right credentials makes no difference to them. */
function refuseWrong(state: ServerState, request: ReceivedMessage, reason: AuthenticationFailure): undefined {
  if (state.failures.take(request.fiveTuple.clientAddress.ip, request.now.monotonic)) {
    return challenge(state, request, UNAUTHENTICATED, reason);
  }
  state.emit({ action: 'authenticationFailed', reason });
  state.emit({ action: 'drop', reason: 'failureBudget' });
  return undefined;
}

/** 401 or 438: realm, nonce and what we offer (RFC 8489 §9.2.4). */
function challenge(
  state: ServerState,
  request: ReceivedMessage,
  error: ErrorCodeValue,
  reason: AuthenticationFailure,
): undefined {
  const { realm, nonceKey, crypto } = state.options;
  return refuse(state, request, error, reason, [
    attribute(Realm, realm),
    attribute(Nonce, makeNonce(request.now.unix, request.fiveTuple, nonceKey, crypto)),
    attribute(PasswordAlgorithms, OFFERED_ALGORITHMS),
  ]);
}

/** A client that was not offered USERHASH and sends it in place of its username is told that by name; else 400. */
function refuseIncomplete(state: ServerState, request: ReceivedMessage): undefined {
  const { message } = request;
  if (hasAttribute(message, Username) || !message.unknownRequired.includes(Userhash.type)) {
    return refuse(state, request, BAD_REQUEST, 'incomplete');
  }
  return refuse(state, request, UNKNOWN_ATTRIBUTE, 'incomplete', [attribute(UnknownAttributes, [Userhash.type])]);
}

/** Strangers get no reason phrase: the code says it all, and an answer to a forged address should be small. */
function refuse(
  state: ServerState,
  request: ReceivedMessage,
  { code }: ErrorCodeValue,
  reason: AuthenticationFailure,
  attributes: Parameters<typeof respondError>[3] = [],
): undefined {
  state.emit({ action: 'authenticationFailed', reason });
  respondError(state, request, { code, reasonPhrase: '' }, attributes);
  return undefined;
}
