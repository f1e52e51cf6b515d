import type { MiddlewareHandler } from 'hono';

const PREFLIGHT_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, POST',
  'access-control-allow-headers': 'Authorization, Content-Type',
  'access-control-max-age': '7200',
};

/**
 * Lets a page of any origin ask. That is safe because nothing here is granted by who the browser is: there are no
 * cookies, `*` excludes credentials, and a page of another origin has no token.
 */
export function cors(): MiddlewareHandler {
  return async (context, next) => {
    if (context.req.method === 'OPTIONS') return new Response(null, { status: 204, headers: PREFLIGHT_HEADERS });
    await next();
    context.res.headers.set('access-control-allow-origin', '*');
    return undefined;
  };
}
