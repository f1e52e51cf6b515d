export type * from './actions.ts';
export { type AlternateAddresses, findAlternates } from './alternate-addresses.ts';
export type { AnswerRate } from './answer-budget.ts';
export type { Draining } from './draining.ts';
export { type AllocationLimits, DEFAULT_LIMITS } from './limits.ts';
export * from './options.ts';
export type * from './relay-result.ts';
export type { Revocation } from './revocations.ts';
export { type RevocationOutcome, TurnServer } from './turn-server.ts';
