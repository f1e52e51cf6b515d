import type { TransportAddress } from '../../address.ts';
import { attribute, ConnectionId, encodeStun, METHOD_CONNECTION_ATTEMPT, XorPeerAddress } from '../../stun/index.ts';
import type { Instant } from '../../time.ts';
import type { AllocationId } from '../actions.ts';
import type { Allocation } from '../allocation.ts';
import { hasRoomForConnection } from '../limits.ts';
import { CONNECTION_BIND_MILLIS } from '../options.ts';
import { mayReachPeer, type ServerState } from '../server-state.ts';

/** A peer has connected to the relayed address (RFC 6062 §5.3). Who may not is closed at once; else the client learns of it. */
export function handlePeerConnected(
  state: ServerState,
  { monotonic }: Instant,
  id: AllocationId,
  peer: TransportAddress,
): void {
  const allocation = state.allocations.findById(id);
  if (allocation === undefined || !mayConnect(state, allocation, peer, monotonic)) {
    return state.emit({ action: 'closePeer', allocation: id, peer });
  }
  const deadline = monotonic + CONNECTION_BIND_MILLIS;
  const connection = state.connections.add(id, peer, { state: 'waiting', deadline });
  const indication = encodeStun({
    messageClass: 'indication',
    method: METHOD_CONNECTION_ATTEMPT,
    transactionId: state.options.crypto.randomBytes(12),
    attributes: [attribute(XorPeerAddress, peer), attribute(ConnectionId, connection.id)],
  });
  state.emit({ action: 'sendToClient', fiveTuple: allocation.fiveTuple, bytes: indication });
}

function mayConnect(state: ServerState, allocation: Allocation, peer: TransportAddress, now: number): boolean {
  // Whoever connects from an address again has given up the connection that he had from there, if nobody has told us yet.
  const earlier = state.connections.find(allocation.id, peer);
  if (earlier?.state.state === 'connecting') return false;
  if (earlier !== undefined) state.connections.remove(earlier);
  return (
    allocation.isTcp &&
    allocation.hasPermission(peer.ip, now) &&
    mayReachPeer(state, allocation, peer) &&
    hasRoomForConnection(state, allocation.id)
  );
}
