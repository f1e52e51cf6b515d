import { ALLOCATION_QUOTA_REACHED, type ErrorCodeValue, INSUFFICIENT_CAPACITY } from '../stun/index.ts';
import type { AllocationId, AllocationRefusal } from './actions.ts';
import type { Identity } from './identity.ts';
import type { ServerState } from './server-state.ts';

/** How much of the server one user, one app and all together may hold. Infinity is no limit. */
export interface AllocationLimits {
  readonly allocationsPerUser: number;
  readonly allocationsPerApp: number;
  /** Of all apps together. */
  readonly allocations: number;
  readonly permissionsPerAllocation: number;
  readonly channelsPerAllocation: number;
}

/** A browser in a large call needs a few dozen permissions and channels: beyond that it is memory for nothing. */
export const DEFAULT_LIMITS: AllocationLimits = {
  allocationsPerUser: 100,
  allocationsPerApp: Number.POSITIVE_INFINITY,
  allocations: Number.POSITIVE_INFINITY,
  permissionsPerAllocation: 256,
  channelsPerAllocation: 256,
};

export function limitsOf({ options }: ServerState): AllocationLimits {
  return options.limits?.() ?? DEFAULT_LIMITS;
}

/** Which limit another allocation would exceed. A client can do something about 486, and nothing about 508. */
export function exceededLimit(
  state: ServerState,
  { appId, user }: Identity,
): { readonly limit: AllocationRefusal; readonly error: ErrorCodeValue } | undefined {
  const { allocationsPerUser, allocationsPerApp, allocations } = limitsOf(state);
  const { counts, size } = state.allocations;
  if (counts.ofUser(appId, user) >= allocationsPerUser) return { limit: 'userQuota', error: ALLOCATION_QUOTA_REACHED };
  if (counts.ofApp(appId) >= allocationsPerApp) return { limit: 'appQuota', error: ALLOCATION_QUOTA_REACHED };
  if (size >= allocations) return { limit: 'edgeCapacity', error: INSUFFICIENT_CAPACITY };
  return undefined;
}

/** A connection is to a TCP allocation what a channel is to the others, and there may be as many. */
export function hasRoomForConnection(state: ServerState, allocation: AllocationId): boolean {
  return state.connections.countOf(allocation) < limitsOf(state).channelsPerAllocation;
}
