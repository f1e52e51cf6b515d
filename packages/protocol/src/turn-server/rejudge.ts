import { familyOfIp } from '../address.ts';
import type { Millis } from '../time.ts';
import type { Allocation } from './allocation.ts';
import { expireConnection } from './handlers/connect.ts';
import { endAllocation, mayPermitPeer, mayReachPeer, type ServerState } from './server-state.ts';

/**
 * Judges again what was allowed under rules that have changed: a permission lives five minutes, and a channel can be
 * refreshed for as long as a call lasts, which is too long for an address that the operator has just closed.
 *
 * An allocation whose username stands for nobody any more ends; the others go on with what they may still reach.
 */
export function rejudge(state: ServerState, now: Millis): void {
  for (const allocation of state.allocations.all()) {
    if (!isStillKnown(state, allocation)) {
      endAllocation(state, allocation, 'revoked');
    } else {
      removeDeniedPermissions(state, allocation, now);
      removeDeniedChannels(state, allocation, now);
      closeDeniedConnections(state, allocation);
    }
  }
}

function isStillKnown(state: ServerState, { identity, fiveTuple }: Allocation): boolean {
  const { username, appId, kid } = identity;
  for (const known of state.options.findCredentials(username, fiveTuple)) {
    if (known.appId === appId && known.kid === kid) return true;
  }
  return false;
}

function removeDeniedPermissions(state: ServerState, allocation: Allocation, now: Millis): void {
  for (const ip of allocation.permittedIps(now)) {
    if (mayPermitPeer(state, allocation, { family: familyOfIp(ip), ip, port: 0 })) continue;
    allocation.removePermission(ip);
    state.emit({ action: 'removePermission', allocation: allocation.id, peerIp: ip });
  }
}

function removeDeniedChannels(state: ServerState, allocation: Allocation, now: Millis): void {
  for (const { channelNumber, peer } of allocation.liveChannels(now)) {
    if (mayReachPeer(state, allocation, peer)) continue;
    allocation.endChannel(channelNumber, now);
    state.emit({ action: 'removeChannel', allocation: allocation.id, channelNumber });
  }
}

function closeDeniedConnections(state: ServerState, allocation: Allocation): void {
  for (const connection of state.connections.allOf(allocation.id)) {
    if (!mayReachPeer(state, allocation, connection.peer)) expireConnection(state, connection);
  }
}
