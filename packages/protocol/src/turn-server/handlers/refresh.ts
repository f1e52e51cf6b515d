import {
  ADDRESS_FAMILY_IPV4,
  ADDRESS_FAMILY_IPV6,
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
import { endAllocation, nextTicket, type ServerState } from '../server-state.ts';

/** Refresh (RFC 8656 §8.2): a new lifetime, or the end where the client asks for zero. */
export function handleRefreshRequest(state: ServerState, request: AuthenticatedRequest, allocation: Allocation): void {
  const family = readAttribute(request.message, RequestedAddressFamily);
  if (family !== undefined && family !== (allocation.family === 4 ? ADDRESS_FAMILY_IPV4 : ADDRESS_FAMILY_IPV6)) {
    return respondError(state, request, PEER_ADDRESS_FAMILY_MISMATCH);
  }

  const requested = readAttribute(request.message, Lifetime);
  if (requested === 0) {
    respondSuccess(state, request, [attribute(Lifetime, 0)]);
    return endAllocation(state, allocation, 'refreshedToZero');
  }

  const seconds = grantLifetime(requested, request);
  state.allocations.expireAt(allocation, request.now.monotonic + seconds * 1000);
  respondSuccess(state, request, [attribute(Lifetime, seconds), ...nextTicket(state, allocation)]);
}
