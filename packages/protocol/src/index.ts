export * from './address.ts';
export * from './channel-data.ts';
export * from './classify.ts';
export type * from './crypto.ts';
export * from './five-tuple.ts';
export * from './stream-framing.ts';
export type * from './time.ts';
