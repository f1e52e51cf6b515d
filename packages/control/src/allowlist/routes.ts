import type { Allowlist } from '@pinhole/contract';
import { Hono } from 'hono';
import { onlyMethods } from '../http/answers.ts';

/** What the firewall's owner polls: the version often, the rows when it has changed. */
export function allowlistRoutes(allowlist: Allowlist): Hono {
  const routes = new Hono();
  routes.get('/allowlist/version', (context) => context.json({ version: allowlist.version }));
  routes.get('/allowlist/endpoints', (context) => context.json(allowlist));
  routes.all('/allowlist/version', onlyMethods('GET'));
  routes.all('/allowlist/endpoints', onlyMethods('GET'));
  return routes;
}
