import {
  addressFamilyOf,
  attribute,
  Lifetime,
  PEER_ADDRESS_FAMILY_MISMATCH,
  RequestedAddressFamily,
  readAttribute,
} from '../../stun/index.ts';
import type { Allocation } from '../allocation.ts';
import { grantLifetime } from '../lifetime.ts';
import type { AuthenticatedRequest } from '../request.ts';
import { respondError, respondSuccess } from '../respond.ts';
import { endAllocation, endFamily, nextTicket, type ServerState } from '../server-state.ts';

/** Refresh (RFC 8656 §8.2): a new lifetime, or the end where the client asks for zero. */
export function handleRefreshRequest(state: ServerState, request: AuthenticatedRequest, allocation: Allocation): void {
  // With a family only the address of that family is meant, without one all.
  const requestedFamily = readAttribute(request.message, RequestedAddressFamily);
  const family = requestedFamily === undefined ? undefined : addressFamilyOf(requestedFamily);
  if (requestedFamily !== undefined && (family === undefined || !allocation.hasFamily(family))) {
    return respondError(state, request, PEER_ADDRESS_FAMILY_MISMATCH);
  }

  const requested = readAttribute(request.message, Lifetime);
  if (requested === 0) {
    respondSuccess(state, request, [attribute(Lifetime, 0)]);
    if (family === undefined) return endAllocation(state, allocation, 'refreshedToZero');
    return endFamily(state, allocation, family, 'refreshedToZero');
  }

  const seconds = grantLifetime(requested, request);
  state.allocations.expireAt(allocation, request.now.monotonic + seconds * 1000, family);
  respondSuccess(state, request, [attribute(Lifetime, seconds), ...nextTicket(state, allocation)]);
}
