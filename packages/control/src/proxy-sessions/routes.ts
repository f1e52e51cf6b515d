import { type ErrorCode, type Log, proxySessionRequestSchema } from '@pinhole/contract';
import type { UnixSeconds } from '@pinhole/protocol';
import { type Context, Hono } from 'hono';
import type { AppDirectory } from '../apps/app-directory.ts';
import type { ControlCrypto } from '../credentials/mint.ts';
import type { PublicEndpoints } from '../endpoints/public-endpoints.ts';
import { codedAnswer, onlyMethods } from '../http/answers.ts';
import { readJsonBody } from '../http/json-body.ts';
import { verifyAppToken } from '../tokens/app-token.ts';
import { grantProxySession } from './grant.ts';

export interface ProxySessionDependencies {
  readonly apps: AppDirectory;
  readonly endpoints: PublicEndpoints;
  readonly allowlistVersion: string;
  readonly now: () => UnixSeconds;
  readonly crypto: ControlCrypto;
  readonly log: Log;
}

export function proxySessionRoutes(dependencies: ProxySessionDependencies): Hono {
  const routes = new Hono();
  routes.post('/v1/proxy/session', (context) => openProxySession(context, dependencies));
  routes.all('/v1/proxy/session', onlyMethods('POST'));
  return routes;
}

async function openProxySession(context: Context, dependencies: ProxySessionDependencies): Promise<Response> {
  const { apps, endpoints, allowlistVersion, now, crypto, log } = dependencies;
  const refuse = (code: ErrorCode, details?: Readonly<Record<string, unknown>>): Response => {
    log.info('control.session_refused', { code });
    return codedAnswer(code, details === undefined ? {} : { details });
  };
  const token = bearerToken(context.req.header('authorization'));
  if (token === undefined) return refuse('token.missing');
  const verified = await verifyAppToken(token, apps, now());
  if (!verified.ok) return refuse(verified.code, verified.details);
  const { app, claims } = verified;
  const body = await readJsonBody(context.req.raw, proxySessionRequestSchema);
  if (!body.ok) return refuse(body.code);
  if (body.value.app !== undefined && body.value.app !== app.id) return refuse('app.mismatch');
  const session = await grantProxySession({ app, sub: claims.sub, endpoints, allowlistVersion, now: now(), crypto });
  log.info('control.session_granted', { app: app.id, session: session.sessionId, expiresAt: session.expiresAt });
  return context.json(session, 201);
}

/** RFC 6750 §2.1. */
function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer +([A-Za-z0-9._~+/=-]+) *$/i.exec(header ?? '')?.[1];
}
