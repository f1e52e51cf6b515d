import type { TransportAddress } from '../../address.ts';
import { attribute, Data, encodeStun, METHOD_DATA, XorPeerAddress } from '../../stun/index.ts';
import type { Instant } from '../../time.ts';
import type { AllocationId } from '../actions.ts';
import { mayReachPeer, type ServerState } from '../server-state.ts';

/** What a peer sent that no channel carries becomes a Data indication (RFC 8656 §11.3). */
export function handlePeerDatagram(
  state: ServerState,
  now: Instant,
  id: AllocationId,
  peer: TransportAddress,
  bytes: Uint8Array,
): void {
  const allocation = state.allocations.findById(id);
  if (allocation === undefined) return state.emit({ action: 'drop', reason: 'noAllocation' });
  if (!allocation.hasPermission(peer.ip, now.monotonic)) return state.emit({ action: 'drop', reason: 'noPermission' });
  if (!mayReachPeer(state, allocation, peer)) return state.emit({ action: 'drop', reason: 'peerDenied' });
  const indication = encodeStun({
    messageClass: 'indication',
    method: METHOD_DATA,
    transactionId: state.options.crypto.randomBytes(12),
    attributes: [attribute(XorPeerAddress, peer), attribute(Data, bytes)],
  });
  state.emit({ action: 'sendToClient', fiveTuple: allocation.fiveTuple, bytes: indication });
}
