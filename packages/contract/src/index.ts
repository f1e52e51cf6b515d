export * from './allowlist.ts';
export * from './config/config.ts';
export type * from './demo-config.ts';
export * from './error-codes.ts';
export type * from './log.ts';
export * from './proxy-session.ts';
export * from './tokens.ts';
