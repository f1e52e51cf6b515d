export * from './attribute.ts';
export * from './attributes/index.ts';
export * from './decode.ts';
export * from './encode.ts';
export * from './error-codes.ts';
export { type IntegrityHash, type IntegrityKey, integrityHash, verifyIntegrity } from './integrity.ts';
export * from './message.ts';
export * from './methods.ts';
