import type { TransportAddress } from '../address.ts';
import { AlternateServer, attribute, INSUFFICIENT_CAPACITY, TRY_ALTERNATE } from '../stun/index.ts';
import type { AuthenticatedRequest } from './request.ts';
import { respondError } from './respond.ts';
import type { ServerState } from './server-state.ts';

/** A server that takes no new allocations and lets those that live come to their end. */
export interface Draining {
  /** Where clients shall go instead, over the same transport. */
  readonly alternateServer?: TransportAddress;
}

/**
 * Refuses an Allocate where the server drains, and gives whether it did: with 300 and the other server's address (RFC
 * 8489 §10), or with 508, which a client takes for a full server and tries the next of its list.
 *
 * A client must not be sent to an address of the other family (§14.15). It has been authenticated before, so that nobody
 * else can send it elsewhere: the answer has our integrity.
 */
export function refuseWhileDraining(state: ServerState, request: AuthenticatedRequest): boolean {
  const draining = state.options.draining?.();
  if (draining === undefined) return false;
  state.emit({ action: 'allocationRefused', appId: request.identity.appId, reason: 'draining' });
  const { alternateServer } = draining;
  if (alternateServer?.family === request.fiveTuple.clientAddress.family) {
    respondError(state, request, TRY_ALTERNATE, [attribute(AlternateServer, alternateServer)]);
  } else {
    respondError(state, request, INSUFFICIENT_CAPACITY);
  }
  return true;
}
