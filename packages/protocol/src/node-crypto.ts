import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { CryptoProvider } from './crypto.ts';

/** The provider for Node. Apart from the rest of the package, which imports nothing of Node. */
export const nodeCrypto: CryptoProvider = {
  md5: (data) => createHash('md5').update(data).digest(),
  sha256: (data) => createHash('sha256').update(data).digest(),
  hmacSha1: (key, data) => createHmac('sha1', key).update(data).digest(),
  hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
  randomBytes: (length) => randomBytes(length),
  timingSafeEqual: (a, b) => a.length === b.length && timingSafeEqual(a, b),
};
