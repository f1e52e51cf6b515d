import type { LimitsConfig } from '@pinhole/contract';
import type { AllocationLimits } from '@pinhole/protocol';

/** The configured limits as the core takes them, which knows no absent ones. */
export function allocationLimits(limits: LimitsConfig): AllocationLimits {
  return {
    allocationsPerUser: limits.allocationsPerUser,
    allocationsPerApp: limits.allocationsPerApp ?? Number.POSITIVE_INFINITY,
    allocations: limits.allocations ?? Number.POSITIVE_INFINITY,
    permissionsPerAllocation: limits.permissionsPerAllocation,
    channelsPerAllocation: limits.channelsPerAllocation,
  };
}
