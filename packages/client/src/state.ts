import type { ProxyError } from './errors.ts';
import type { Transport } from './transports.ts';

/** Where a proxy is in its life. `idle` → `starting` → `ready` | `failed`; `stop()` leads to `stopped` from anywhere. */
export type ProxyState =
  | { readonly state: 'idle' }
  | { readonly state: 'starting' }
  | {
      readonly state: 'ready';
      readonly transport: Transport;
      readonly sessionId: string;
      /** When the credentials and the gateway ticket end, in seconds since 1970. */
      readonly expiresAt: number;
    }
  /** `start()` may be called again. */
  | { readonly state: 'failed'; readonly error: ProxyError }
  /** `start()` may be called again. */
  | { readonly state: 'stopped' };
