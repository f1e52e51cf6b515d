import type { IncomingMessage } from 'node:http';
import { clientIpOf } from '../http/client-address.ts';
import { isHopByHop, rawHeaderPairs } from './hop-by-hop.ts';
import type { Upstream } from './upstream.ts';

/** Said by us, or not at all: a client could otherwise claim to be somebody else. */
const OURS_TO_SAY: ReadonlySet<string> = new Set(['host', 'forwarded', 'x-real-ip', 'expect', 'content-length']);

export interface RequestHeadersOptions {
  readonly upstream: Upstream;
  /** The page that the client came from may be below our prefix, which has the ticket in it. */
  readonly prefix: string;
}

/** The header of the request that goes to the upstream, as Node's raw list. */
export function upstreamRequestHeaders(
  request: IncomingMessage,
  { upstream, prefix }: RequestHeadersOptions,
): string[] {
  const headers: string[] = ['Host', upstream.host];
  const isHop = isHopByHop(request.headers.connection);
  for (const [name, value] of rawHeaderPairs(request.rawHeaders)) {
    const lower = name.toLowerCase();
    if (isHop(lower) || OURS_TO_SAY.has(lower) || lower.startsWith('x-forwarded-')) continue;
    if (lower === 'referer' && value.includes(prefix)) continue;
    headers.push(name, value);
  }
  headers.push(...forwardedHeaders(request), ...bodyHeaders(request));
  return headers;
}

function forwardedHeaders(request: IncomingMessage): string[] {
  const { socket, headers } = request;
  const forwarded = ['X-Forwarded-For', clientIpOf(request) ?? 'unknown'];
  forwarded.push('X-Forwarded-Proto', 'encrypted' in socket ? 'https' : 'http');
  if (headers.host !== undefined) forwarded.push('X-Forwarded-Host', headers.host);
  return forwarded;
}

/** How the body is framed towards the upstream. Node's parser has refused requests that frame it in two ways. */
function bodyHeaders({ headers }: IncomingMessage): string[] {
  if (headers['transfer-encoding'] !== undefined) return ['Transfer-Encoding', 'chunked'];
  return headers['content-length'] === undefined ? [] : ['Content-Length', headers['content-length']];
}
