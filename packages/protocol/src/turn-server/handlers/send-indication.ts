import { Data, readAttribute, XorPeerAddress } from '../../stun/index.ts';
import type { ReceivedMessage } from '../request.ts';
import { mayReachPeer, type ServerState } from '../server-state.ts';

/** Send (RFC 8656 §11.2). An indication has no answer: what is wrong with it is only counted. */
export function handleSendIndication(state: ServerState, { message, fiveTuple, now }: ReceivedMessage): void {
  const allocation = state.allocations.findByFiveTuple(fiveTuple);
  // RFC 6062 §4.1: a TCP allocation relays no datagrams.
  if (allocation?.state.state !== 'open' || allocation.isTcp)
    return state.emit({ action: 'drop', reason: 'noAllocation' });

  const peer = readAttribute(message, XorPeerAddress);
  const data = readAttribute(message, Data);
  if (peer === undefined || data === undefined) return state.emit({ action: 'drop', reason: 'incompleteSend' });

  if (!allocation.hasPermission(peer.ip, now.monotonic)) return state.emit({ action: 'drop', reason: 'noPermission' });
  if (!mayReachPeer(state, allocation, peer)) return state.emit({ action: 'drop', reason: 'peerDenied' });
  state.emit({ action: 'sendToPeer', allocation: allocation.id, peer, bytes: data });
}
