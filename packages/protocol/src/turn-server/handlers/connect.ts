import type { TransportAddress } from '../../address.ts';
import {
  attribute,
  BAD_REQUEST,
  CONNECTION_ALREADY_EXISTS,
  CONNECTION_TIMEOUT_OR_FAILURE,
  ConnectionId,
  ErrorCode,
  FORBIDDEN,
  INSUFFICIENT_CAPACITY,
  PEER_ADDRESS_FAMILY_MISMATCH,
  readAttribute,
  XorPeerAddress,
} from '../../stun/index.ts';
import type { Instant, Millis } from '../../time.ts';
import type { AllocationId } from '../actions.ts';
import type { Allocation } from '../allocation.ts';
import { hasRoomForConnection } from '../limits.ts';
import { CONNECT_MILLIS, CONNECTION_BIND_MILLIS } from '../options.ts';
import type { PeerConnection } from '../peer-connections.ts';
import { type AuthenticatedRequest, replyTo } from '../request.ts';
import { reply, respondError } from '../respond.ts';
import { mayReachPeer, type ServerState } from '../server-state.ts';

/**
 * Connect (RFC 6062 §5.2): opens a connection from the relay to the peer. Answered once it is open, or will not be. It
 * needs no permission of the client, and gives the peer none.
 */
export function handleConnectRequest(state: ServerState, request: AuthenticatedRequest, allocation: Allocation): void {
  const peer = readAttribute(request.message, XorPeerAddress);
  if (!allocation.isTcp || peer === undefined) return respondError(state, request, BAD_REQUEST);
  if (!allocation.hasFamily(peer.family)) return respondError(state, request, PEER_ADDRESS_FAMILY_MISMATCH);
  if (state.connections.find(allocation.id, peer) !== undefined) {
    return respondError(state, request, CONNECTION_ALREADY_EXISTS);
  }
  if (!mayReachPeer(state, allocation, peer)) return respondError(state, request, FORBIDDEN);
  if (!hasRoomForConnection(state, allocation.id)) return respondError(state, request, INSUFFICIENT_CAPACITY);

  const deadline = request.now.monotonic + CONNECT_MILLIS;
  state.connections.add(allocation.id, peer, { state: 'connecting', replyTo: replyTo(request), deadline });
  state.emit({ action: 'connectPeer', allocation: allocation.id, peer });
}

/** Finishes what `handleConnectRequest` began. */
export function handleConnectResult(
  state: ServerState,
  now: Instant,
  allocation: AllocationId,
  peer: TransportAddress,
  isConnected: boolean,
): void {
  const connection = state.connections.find(allocation, peer);
  // Given up, or its allocation has ended: whoever did that has closed it as well.
  if (connection?.state.state !== 'connecting') return;
  if (!isConnected) return failConnect(state, connection);
  const { replyTo: to } = connection.state;
  state.connections.change(connection, {
    state: 'waiting',
    deadline: now.monotonic + CONNECTION_BIND_MILLIS,
  });
  reply(state, to, 'success', [attribute(ConnectionId, connection.id)]);
}

/** Ends what was not opened, or not bound, in time. */
export function closeExpiredConnections(state: ServerState, now: Millis): void {
  for (;;) {
    const connection = state.connections.takeExpired(now);
    if (connection === undefined) return;
    expireConnection(state, connection);
  }
}

/** Ends a connection that took too long: to be opened, or to be bound. */
export function expireConnection(state: ServerState, connection: PeerConnection): void {
  closeConnection(state, connection);
  if (connection.state.state === 'connecting') failConnect(state, connection);
}

export function closeConnection(state: ServerState, connection: PeerConnection): void {
  const { allocation, peer } = connection;
  state.connections.remove(connection);
  state.emit({ action: 'closePeer', allocation, peer });
}

function failConnect(state: ServerState, connection: PeerConnection): void {
  state.connections.remove(connection);
  if (connection.state.state !== 'connecting') return;
  reply(state, connection.state.replyTo, 'error', [attribute(ErrorCode, CONNECTION_TIMEOUT_OR_FAILURE)]);
}
