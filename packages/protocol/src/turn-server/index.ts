export type * from './actions.ts';
export { type AlternateAddresses, findAlternates } from './alternate-addresses.ts';
export type { AnswerRate } from './answer-budget.ts';
export type { RelayResult } from './handlers/allocate.ts';
export { type AllocationLimits, DEFAULT_LIMITS } from './limits.ts';
export * from './options.ts';
export { TurnServer } from './turn-server.ts';
