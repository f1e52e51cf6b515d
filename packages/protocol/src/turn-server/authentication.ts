import { longTermKey } from '../credentials/time-limited.ts';
import {
  attribute,
  BAD_REQUEST,
  type ErrorCodeValue,
  hasAttribute,
  MessageIntegrity,
  Nonce,
  Realm,
  readAttribute,
  STALE_NONCE,
  UNAUTHENTICATED,
  Username,
  verifyIntegrity,
} from '../stun/index.ts';
import type { AuthenticationFailure } from './actions.ts';
import { isNonceValid, makeNonce } from './nonce.ts';
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
  const { crypto, nonceKey, realm } = state.options;

  // No integrity: the client asks for realm and nonce.
  if (!hasAttribute(message, MessageIntegrity)) return refuse(state, request, UNAUTHENTICATED, 'noIntegrity');

  // Integrity without the rest of the credential cannot be checked.
  const username = readAttribute(message, Username);
  const nonce = readAttribute(message, Nonce);
  if (username === undefined || nonce === undefined || !hasAttribute(message, Realm)) {
    return refuse(state, request, BAD_REQUEST, 'incomplete');
  }

  // A nonce that is not ours, not this client's, or too old.
  if (!isNonceValid(nonce, now.unix, fiveTuple, nonceKey, crypto)) {
    return refuse(state, request, STALE_NONCE, 'staleNonce');
  }

  // The username. An unknown one is checked against a key that nobody has, so that it takes as long as a wrong password.
  const known = state.options.findCredential(username);
  const key = longTermKey({ username, password: known?.password ?? '' }, realm, crypto);
  const isIntact = verifyIntegrity(message, key, crypto);
  if (known === undefined) return refuse(state, request, UNAUTHENTICATED, 'unknownUser');
  if (!isIntact) return refuse(state, request, UNAUTHENTICATED, 'wrongPassword');

  // Expiry ends what a credential may start, not what it has started: a long call outlives it (policy `new-only`).
  const hasAllocation = state.allocations.findByFiveTuple(fiveTuple) !== undefined;
  if (known.expiresAt <= now.unix && !hasAllocation) {
    return refuse(state, request, UNAUTHENTICATED, 'expiredCredential');
  }
  return { ...request, identity: { username, appId: known.appId, user: known.user || username, key } };
}

function refuse(
  state: ServerState,
  request: ReceivedMessage,
  error: ErrorCodeValue,
  reason: AuthenticationFailure,
): undefined {
  const { realm, nonceKey, crypto } = state.options;
  state.emit({ action: 'authenticationFailed', reason });
  const challenge =
    error === BAD_REQUEST
      ? []
      : [attribute(Realm, realm), attribute(Nonce, makeNonce(request.now.unix, request.fiveTuple, nonceKey, crypto))];
  respondError(state, request, error, challenge);
  return undefined;
}
