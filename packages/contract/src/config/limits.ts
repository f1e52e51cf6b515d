import { z } from 'zod';

/** What one client, one app and all together may take of an edge. Absent: no limit of ours. */
export interface LimitsConfig {
  readonly allocationsPerUser: number;
  readonly allocationsPerApp?: number;
  readonly allocations?: number;
  readonly connections: number;
  readonly connectionsPerIp: number;
  readonly streamEgressMillis: number;
  readonly permissionsPerAllocation: number;
  readonly channelsPerAllocation: number;
  readonly bytesPerSecondPerAllocation?: number;
  readonly bytesPerSecondPerApp?: number;
}

/** Less would not carry a call, and one large packet would use up the burst. */
const MIN_BYTES_PER_SECOND = 1000;
const MAX_RULES_PER_ALLOCATION = 16_384;

export const limitsSchema: z.ZodType<LimitsConfig> = z.strictObject({
  allocationsPerUser: count().default(100).describe('Allocations of one user of an app at a time; beyond it 486.'),
  allocationsPerApp: count().exactOptional().describe('Allocations of one app at a time; beyond it 486.'),
  allocations: count().exactOptional().describe('Allocations of all apps at a time; beyond it 508.'),
  connections: count()
    .default(10_000)
    .describe('TCP connections at a time, TURN and web alike; what is beyond is closed and counted.'),
  connectionsPerIp: count().default(1000).describe('The same for one IPv4 address, or one IPv6 /64.'),
  streamEgressMillis: count()
    .default(500)
    .describe('How long media may wait for a client that reads TCP or TLS slowly; what is older is dropped.'),
  permissionsPerAllocation: rules().default(256).describe('Permissions of one allocation; beyond it 508.'),
  channelsPerAllocation: rules().default(256).describe('Channels of one allocation; beyond it 508.'),
  bytesPerSecondPerAllocation: bandwidth()
    .exactOptional()
    .describe('Application data of one allocation, each way; what is beyond is dropped and counted.'),
  bytesPerSecondPerApp: bandwidth()
    .exactOptional()
    .describe('Application data of one app, each way; what is beyond is dropped and counted.'),
});

function count(): z.ZodNumber {
  return z.number().int('must be a whole number').min(0, 'must be at least 0');
}

function rules(): z.ZodNumber {
  return count()
    .min(1, 'must be at least 1')
    .max(MAX_RULES_PER_ALLOCATION, `must be at most ${MAX_RULES_PER_ALLOCATION}`);
}

function bandwidth(): z.ZodNumber {
  return count().min(MIN_BYTES_PER_SECOND, `must be at least ${MIN_BYTES_PER_SECOND}`);
}
