import { BAD_REQUEST, ConnectionId, type ErrorCodeValue, readAttribute, WRONG_CREDENTIALS } from '../../stun/index.ts';
import type { PeerConnection } from '../peer-connections.ts';
import type { AuthenticatedRequest } from '../request.ts';
import { respondError, respondSuccess } from '../respond.ts';
import type { ServerState } from '../server-state.ts';

/**
 * ConnectionBind (RFC 6062 §5.4), on a stream of its own: from the success answer on, the stream is the connection with
 * the peer, and nothing in it is TURN.
 */
export function handleConnectionBindRequest(state: ServerState, request: AuthenticatedRequest): void {
  const found = findWaiting(state, request);
  if ('code' in found) return respondError(state, request, found);
  const { fiveTuple } = request;
  const { allocation, peer } = found;
  state.connections.change(found, { state: 'bound', fiveTuple });
  respondSuccess(state, request, []);
  state.emit({ action: 'joinPeer', allocation, peer, fiveTuple });
}

function findWaiting(
  state: ServerState,
  { fiveTuple, identity, message }: AuthenticatedRequest,
): PeerConnection | ErrorCodeValue {
  // A datagram socket is no stream, and the stream of an allocation or of another connection is taken.
  if (fiveTuple.transport === 'udp') return BAD_REQUEST;
  const isTaken = state.allocations.findByFiveTuple(fiveTuple) ?? state.connections.findByStream(fiveTuple);
  const id = readAttribute(message, ConnectionId);
  if (isTaken !== undefined || id === undefined) return BAD_REQUEST;

  const connection = state.connections.findById(id);
  const allocation = connection && state.allocations.findById(connection.allocation);
  if (connection?.state.state !== 'waiting' || allocation === undefined) return BAD_REQUEST;
  return allocation.identity.username === identity.username ? connection : WRONG_CREDENTIALS;
}
