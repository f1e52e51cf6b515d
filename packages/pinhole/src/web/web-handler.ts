import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import { getRequestListener } from '@hono/node-server';
import type { Log } from '@pinhole/contract';
import type { Control } from '@pinhole/control';
import { clientIpOf } from '@pinhole/edge';
import { Hono } from 'hono';
import { type ClientBinding, type DemoOptions, demoRoutes } from './demo-routes.ts';
import { StaticFiles } from './static-files.ts';

export type WebHandler = (request: IncomingMessage, response: ServerResponse) => void;

export interface WebOptions {
  readonly control: Control;
  /** The folder with the SDK's bundle. */
  readonly sdkFolder: string;
  /** Without it there is no demo page. */
  readonly demo?: DemoOptions;
  /** Tells browsers to stay on HTTPS. Never with a development certificate: it would lock people out of the host. */
  readonly strictTransport: boolean;
  readonly log: Log;
}

/** The bundle; the rest of that folder is the package's own. */
const SDK_FILES: ReadonlySet<string> = new Set(['pinhole.js', 'pinhole.js.map']);
const HALF_A_YEAR = 'max-age=15552000';

/** Answers every request on a mux port that is not for the gateway. */
export function createWebHandler(options: WebOptions): WebHandler {
  const site = createSite(options);
  const listener = getRequestListener(
    (request, env) => {
      const incoming = 'incoming' in env ? env.incoming : undefined;
      const clientIp = (incoming && clientIpOf(incoming)) ?? '';
      return answer(site, request, { clientIp, isSecure: incoming?.socket instanceof TLSSocket });
    },
    { overrideGlobalObjects: false, errorHandler: () => new Response(null, { status: 400 }) },
  );
  const answer = async (app: Hono<ClientBinding>, request: Request, client: Client): Promise<Response> => {
    const response = await app.fetch(request, { clientIp: client.clientIp });
    if (options.strictTransport && client.isSecure) response.headers.set('strict-transport-security', HALF_A_YEAR);
    return response;
  };
  return (request, response) => void listener(request, response);
}

interface Client {
  readonly clientIp: string;
  readonly isSecure: boolean;
}

function createSite({ control, sdkFolder, demo, log }: WebOptions): Hono<ClientBinding> {
  const sdk = new StaticFiles(sdkFolder);
  const site = new Hono<ClientBinding>();
  site.use(async (context, next) => {
    await next();
    context.res.headers.set('x-content-type-options', 'nosniff');
    context.res.headers.set('referrer-policy', 'no-referrer');
  });
  site.get('/healthz', (context) => context.text('ok\n', 200, { 'cache-control': 'no-store' }));
  site.get('/sdk/:file', async (context) => {
    const file = context.req.param('file');
    if (!SDK_FILES.has(file)) return context.notFound();
    const answer = await sdk.answer(file, context.req.raw);
    // Apps on other origins import it.
    answer?.headers.set('access-control-allow-origin', '*');
    answer?.headers.set('cross-origin-resource-policy', 'cross-origin');
    return answer ?? context.text('The SDK is not built: npm run build\n', 503);
  });
  if (demo !== undefined) site.route('/', demoRoutes(demo));
  site.notFound((context) => control.fetch(context.req.raw));
  site.onError((error) => {
    log.error('web.failed', { error: error.name });
    return new Response(null, { status: 500 });
  });
  return site;
}
