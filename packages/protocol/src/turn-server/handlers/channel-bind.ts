import { isChannelNumber, isStrictChannelNumber } from '../../channel-data.ts';
import {
  BAD_REQUEST,
  ChannelNumber,
  FORBIDDEN,
  INSUFFICIENT_CAPACITY,
  PEER_ADDRESS_FAMILY_MISMATCH,
  readAttribute,
  XorPeerAddress,
} from '../../stun/index.ts';
import type { Allocation } from '../allocation.ts';
import { limitsOf } from '../limits.ts';
import type { AuthenticatedRequest } from '../request.ts';
import { respondError, respondSuccess } from '../respond.ts';
import { mayReachPeer, type ServerState } from '../server-state.ts';

/** ChannelBind (RFC 8656 §12.2): binds or refreshes a channel, and installs the permission that it needs. */
export function handleChannelBindRequest(
  state: ServerState,
  request: AuthenticatedRequest,
  allocation: Allocation,
): void {
  const now = request.now.monotonic;
  const channelNumber = readAttribute(request.message, ChannelNumber);
  const peer = readAttribute(request.message, XorPeerAddress);
  // RFC 6062 §4.1: a TCP allocation has no channels.
  if (allocation.isTcp || channelNumber === undefined || peer === undefined || !isAccepted(state, channelNumber)) {
    return respondError(state, request, BAD_REQUEST);
  }
  if (!allocation.hasFamily(peer.family)) return respondError(state, request, PEER_ADDRESS_FAMILY_MISMATCH);
  if (!allocation.canBindChannel(channelNumber, peer, now)) return respondError(state, request, BAD_REQUEST);
  if (!mayReachPeer(state, allocation, peer)) return respondError(state, request, FORBIDDEN);
  const { channelsPerAllocation, permissionsPerAllocation } = limitsOf(state);
  const hasRoom =
    allocation.hasRoomForChannel(channelNumber, channelsPerAllocation) &&
    allocation.hasRoomForPermissions([peer.ip], permissionsPerAllocation, now);
  if (!hasRoom) return respondError(state, request, INSUFFICIENT_CAPACITY);

  const { id } = allocation;
  const permissionDeadline = allocation.installPermission(peer.ip, now);
  const channelDeadline = allocation.bindChannel(channelNumber, peer, now);
  state.emit({ action: 'installPermission', allocation: id, peerIp: peer.ip, deadline: permissionDeadline });
  state.emit({ action: 'installChannel', allocation: id, channelNumber, peer, deadline: channelDeadline });
  respondSuccess(state, request, []);
}

function isAccepted({ options }: ServerState, channelNumber: number): boolean {
  return options.channelNumbers === 'strict' ? isStrictChannelNumber(channelNumber) : isChannelNumber(channelNumber);
}
