import type { Allowlist, Config, Log } from '@pinhole/contract';
import type { UnixSeconds } from '@pinhole/protocol';
import { Hono } from 'hono';
import { allowlistOf } from './allowlist/allowlist.ts';
import { allowlistRoutes } from './allowlist/routes.ts';
import { createAppDirectory } from './apps/app-directory.ts';
import type { ControlCrypto } from './credentials/mint.ts';
import { type PublicListener, publicEndpoints } from './endpoints/public-endpoints.ts';
import { codedAnswer } from './http/answers.ts';
import { cors } from './http/cors.ts';
import { securityHeaders } from './http/security-headers.ts';
import { proxySessionRoutes } from './proxy-sessions/routes.ts';

export interface ControlOptions {
  readonly config: Pick<Config, 'host' | 'listen' | 'apps' | 'upstreams'>;
  readonly externalIp: string;
  /** Where the edge listens in fact; without it, as configured. */
  readonly listening?: readonly PublicListener[];
  readonly now: () => UnixSeconds;
  readonly crypto: ControlCrypto;
  readonly log: Log;
}

/** The control plane of one process. */
export interface Control {
  /** Answers a request of the API: `/v1/…` and `/allowlist/…`; 404 for all else. */
  fetch(request: Request): Promise<Response>;
  readonly allowlist: Allowlist;
}

export function createControl(options: ControlOptions): Control {
  const { config, now, crypto, log } = options;
  const endpoints = publicEndpoints(options);
  const allowlist = allowlistOf(endpoints);
  const apps = createAppDirectory(config);
  const api = new Hono();
  api.use(securityHeaders());
  api.use(cors());
  api.route('/', proxySessionRoutes({ apps, endpoints, allowlistVersion: allowlist.version, now, crypto, log }));
  api.route('/', allowlistRoutes(allowlist));
  api.notFound(() => codedAnswer('route.not_found'));
  api.onError((error) => {
    // The name only: a message may quote what a client sent.
    log.error('control.failed', { error: error.name });
    return codedAnswer('server.failed');
  });
  return { fetch: async (request) => api.fetch(request), allowlist };
}
