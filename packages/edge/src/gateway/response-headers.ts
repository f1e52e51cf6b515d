import type { IncomingMessage } from 'node:http';
import { isHopByHop, rawHeaderPairs } from './hop-by-hop.ts';
import { type Place, prefixedLocation, scopedCookie } from './prefixing.ts';
import { UpstreamFailure } from './upstream-failure.ts';

/** What would speak for the whole of our origin, where an upstream has only its prefix. */
const NOT_FOR_OUR_ORIGIN: ReadonlySet<string> = new Set([
  'alt-svc',
  'clear-site-data',
  'public-key-pins',
  'refresh',
  'service-worker-allowed',
  'strict-transport-security',
]);

/**
 * On every response: a page of an upstream would otherwise run as a page of ours. What scripts fetch, and WebSockets,
 * are not touched by it. The ticket is part of the address, so the address is told to nobody.
 */
const OUR_HEADERS: readonly string[] = [
  'Content-Security-Policy',
  'sandbox',
  'X-Content-Type-Options',
  'nosniff',
  'Referrer-Policy',
  'no-referrer',
];

/** The header of the response that goes to the client, as Node's raw list; or why the client must not get it. */
export function clientResponseHeaders(response: IncomingMessage, place: Place): string[] | UpstreamFailure {
  const { statusCode = 0 } = response;
  // Anything else is no answer, or one that Node will not write.
  if (statusCode !== 101 && (statusCode < 200 || statusCode > 599)) return UpstreamFailure.badAnswer();
  const headers: string[] = [];
  const isHop = isHopByHop(response.headers.connection);
  for (const [name, value] of rawHeaderPairs(response.rawHeaders)) {
    const lower = name.toLowerCase();
    if (isHop(lower) || NOT_FOR_OUR_ORIGIN.has(lower) || lower === 'referrer-policy') continue;
    if (lower === 'set-cookie') headers.push(name, scopedCookie(value, place));
    else if (lower !== 'location') headers.push(name, value);
    else {
      const location = prefixedLocation(value, place);
      // A redirect that leaves the upstream is refused; another answer (201) may point where it likes.
      if (location === undefined && statusCode >= 300 && statusCode < 400) return UpstreamFailure.redirectRefused();
      headers.push(name, location ?? value);
    }
  }
  return [...headers, ...OUR_HEADERS];
}
