import { readFile } from 'node:fs/promises';
import type { Allowlist, DemoConfig } from '@pinhole/contract';
import { type App, codedAnswer, signAppToken } from '@pinhole/control';
import type { Millis, UnixSeconds } from '@pinhole/protocol';
import { Hono } from 'hono';
import { RateLimit } from './rate-limit.ts';
import { StaticFiles } from './static-files.ts';

const TOKEN_SECONDS = 600;
/** A person who switches transports asks a few times a minute. */
const RATE = { limit: 30, windowMs: 60_000, maxClients: 10_000 } as const;

/** What the page may do: only what it brings itself, from its own origin, in no other page's frame. */
const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'permissions-policy': 'camera=(self), microphone=(self), geolocation=()',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

export interface DemoOptions {
  readonly app: App;
  /** The development authority's file; absent where the operator brought a certificate. */
  readonly authorityPath?: string;
  readonly datapath: string;
  readonly allowlist: Allowlist;
  readonly folder: string;
  readonly clock: { unix(): UnixSeconds; monotonic(): Millis };
}

export interface ClientBinding {
  readonly Bindings: { readonly clientIp: string };
}

/** The demo page and what it needs. Anyone who can open it gets a token, so it is for trying, not for production. */
export function demoRoutes(options: DemoOptions): Hono<ClientBinding> {
  const files = new StaticFiles(options.folder);
  const rate = new RateLimit(RATE);
  const routes = new Hono<ClientBinding>();
  routes.get('/demo/config.json', async (context) => {
    const wait = rate.take(context.env.clientIp, options.clock.monotonic());
    if (wait > 0) return codedAnswer('request.rate_limited', { headers: { 'retry-after': String(wait) } });
    return context.json(await demoConfig(options), 200, { 'cache-control': 'no-store' });
  });
  routes.get('/demo/ca.pem', async (context) => {
    if (options.authorityPath === undefined) return context.notFound();
    const headers = {
      'content-type': 'application/x-x509-ca-cert',
      'content-disposition': 'attachment; filename="pinhole-development-ca.pem"',
      'cache-control': 'no-cache',
    };
    return context.body(await readFile(options.authorityPath, 'utf8'), 200, headers);
  });
  const page = async (path: string, request: Request): Promise<Response | undefined> => {
    const answer = await files.answer(path === '' ? 'index.html' : path, request);
    for (const [name, value] of Object.entries(PAGE_HEADERS)) answer?.headers.set(name, value);
    return answer;
  };
  routes.get('/demo', (context) => context.redirect('/demo/', 308));
  routes.get('/demo/*', async (context) => {
    return (await page(context.req.path.slice('/demo/'.length), context.req.raw)) ?? context.notFound();
  });
  routes.get('/:file?', async (context) => {
    const file = context.req.param('file') ?? '';
    const answer = await page(file, context.req.raw);
    if (answer === undefined && file === '') return context.text('The demo page is not built: npm run build\n', 503);
    return answer ?? context.notFound();
  });
  return routes;
}

async function demoConfig({ app, authorityPath, datapath, allowlist, clock }: DemoOptions): Promise<DemoConfig> {
  return {
    app: app.id,
    token: await signAppToken(app, { sub: 'demo-page', ttlSeconds: TOKEN_SECONDS, now: clock.unix() }),
    server: '',
    ca: authorityPath === undefined ? null : { trusted: null, path: authorityPath, download: '/demo/ca.pem' },
    datapath,
    allowlist: allowlist.endpoints,
  };
}
