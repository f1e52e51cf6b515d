import {
  BAD_REQUEST,
  FORBIDDEN,
  INSUFFICIENT_CAPACITY,
  PEER_ADDRESS_FAMILY_MISMATCH,
  readAttributes,
  XorPeerAddress,
} from '../../stun/index.ts';
import type { Allocation } from '../allocation.ts';
import { limitsOf } from '../limits.ts';
import type { AuthenticatedRequest } from '../request.ts';
import { respondError, respondSuccess } from '../respond.ts';
import { mayPermitPeer, type ServerState } from '../server-state.ts';

/** CreatePermission (RFC 8656 §10.2): all of the addresses, or none of them. */
export function handleCreatePermissionRequest(
  state: ServerState,
  request: AuthenticatedRequest,
  allocation: Allocation,
): void {
  const now = request.now.monotonic;
  const peers = readAttributes(request.message, XorPeerAddress);
  if (peers.length === 0) return respondError(state, request, BAD_REQUEST);
  if (peers.some(({ family }) => !allocation.hasFamily(family))) {
    return respondError(state, request, PEER_ADDRESS_FAMILY_MISMATCH);
  }
  if (!peers.every((peer) => mayPermitPeer(state, allocation, peer))) return respondError(state, request, FORBIDDEN);

  const peerIps = peers.map(({ ip }) => ip);
  if (!allocation.hasRoomForPermissions(peerIps, limitsOf(state).permissionsPerAllocation, now)) {
    return respondError(state, request, INSUFFICIENT_CAPACITY);
  }

  for (const peerIp of peerIps) {
    const deadline = allocation.installPermission(peerIp, now);
    state.emit({ action: 'installPermission', allocation: allocation.id, peerIp, deadline });
  }
  respondSuccess(state, request, []);
}
