import type { ProxySession } from '@pinhole/contract';
import { ProxyError } from './errors.ts';
import { parseUrl } from './parse-url.ts';

/** What the rewriting of signalling URLs needs of a session. */
export interface GatewayRoute {
  /** The URL of the server that granted the session. */
  readonly server: string;
  /** `/g/<ticket>`, resolved against `server`. */
  readonly base: string;
  readonly upstreams: ProxySession['upstreams'];
}

/**
 * `wss://sfu.example.com/janus?x=1` → `wss://edge.example.com/g/<ticket>/<upstream>/janus?x=1`.
 *
 * A WebSocket stays one and HTTP stays HTTP; whether it is encrypted is decided by the server's own scheme, because
 * that is the hop which the client sees. Origins are compared with ws ≡ http and wss ≡ https.
 */
export function rewriteSignalingUrl(url: string | URL, route: GatewayRoute): string {
  const wanted = parseSignalingUrl(url);
  const origin = originOf(wanted);
  const upstream = route.upstreams.find(({ origins }) => origins.some((known) => declaredOrigin(known) === origin));
  if (upstream === undefined) {
    const declared = route.upstreams.flatMap(({ origins }) => origins);
    throw ProxyError.unknownOrigin(wanted.origin === 'null' ? origin : wanted.origin, declared);
  }
  const target = new URL(route.base, route.server);
  const isSecure = target.protocol === 'https:';
  const isWebSocket = /^wss?:$/.test(wanted.protocol);
  const scheme = isWebSocket ? (isSecure ? 'wss' : 'ws') : isSecure ? 'https' : 'http';
  const prefix = `${scheme}://${target.host}${target.pathname.replace(/\/$/, '')}/${encodeURIComponent(upstream.name)}`;
  return `${prefix}${wanted.pathname}${wanted.search}${wanted.hash}`;
}

function parseSignalingUrl(url: string | URL): URL {
  // The URL itself stays out of messages: apps carry tokens in its query.
  const parsed = parseUrl(String(url));
  if (parsed === undefined) throw ProxyError.invalidSignalingUrl('this one cannot be parsed');
  if (!/^(wss?|https?):$/.test(parsed.protocol)) {
    throw ProxyError.invalidSignalingUrl(`the scheme ${parsed.protocol} is none of them`);
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw ProxyError.invalidSignalingUrl('it has a user name or password, which would be lost on the way');
  }
  return parsed;
}

function declaredOrigin(text: string): string | undefined {
  const url = parseUrl(text);
  return url === undefined ? undefined : originOf(url);
}

/** The origin with ws as http and wss as https. The default port is gone already: both pairs share theirs. */
function originOf({ protocol, host }: URL): string {
  return `${protocol.replace('ws', 'http')}//${host}`;
}
