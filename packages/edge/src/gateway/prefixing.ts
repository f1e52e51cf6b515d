import { httpOrigin, type Upstream } from './upstream.ts';

/** Where in our paths an upstream appears to one client, and what it was asked for. */
export interface Place {
  readonly upstream: Upstream;
  /** `/g/<ticket>/<upstream>` */
  readonly prefix: string;
  /** The path that the upstream was asked for, query included. */
  readonly path: string;
}

/** The same place seen from outside; `undefined` where it is not the upstream's, or not below its base path. */
export function prefixedLocation(location: string, { upstream, prefix, path }: Place): string | undefined {
  const base = `${upstream.origin}${path}`;
  if (!URL.canParse(location, base)) return undefined;
  const url = new URL(location, base);
  if (url.username !== '' || url.password !== '' || !upstream.origins.has(httpOrigin(url))) return undefined;
  // By its public origins the upstream is known from the root; by the one that we connect to, from its base path.
  const isOwnOrigin = httpOrigin(url) === upstream.origin;
  const rest = isOwnOrigin ? withoutBase(url.pathname, upstream) : url.pathname;
  return rest === undefined ? undefined : `${prefix}${rest}${url.search}${url.hash}`;
}

/** A Set-Cookie value that holds below the prefix only: cookies of two upstreams, and ours, must not meet. */
export function scopedCookie(cookie: string, place: Place): string {
  const [pair = '', ...attributes] = cookie.split(';').map((part) => part.trim());
  const kept = attributes.filter((attribute) => !/^(domain|path)\s*(=|$)/i.test(attribute));
  return [pair, ...kept, `Path=${scopedPath(attributes, place)}`].join('; ');
}

function scopedPath(attributes: readonly string[], { upstream, prefix }: Place): string {
  const path = attributes.findLast((attribute) => /^path\s*=/i.test(attribute))?.replace(/^[^=]*=\s*/, '');
  const rest = path?.startsWith('/') ? withoutBase(path, upstream) : undefined;
  return `${prefix}${rest ?? '/'}`;
}

function withoutBase(path: string, { basePath }: Upstream): string | undefined {
  if (path === basePath) return '/';
  return path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : undefined;
}
