/** `/g/<ticket>/<upstream>/<rest>`, taken apart. */
export interface GatewayPath {
  readonly ticket: string;
  readonly upstream: string;
  /** Empty or beginning with `/`; as the client wrote it, query included. */
  readonly rest: string;
}

export const GATEWAY_PREFIX = '/g/';

/** Space, control characters, anything that is not ASCII, and the two that some servers read as something else. */
const UNSAFE_CHARACTER = /[^\x21-\x7e]|[\\#]/;
/** CR, LF and NUL, encoded: some upstreams decode a path and write it into a header or hand it to C. */
const ENCODED_CONTROL = /%0[0ad]/i;
/** A segment that climbs or stays, also with the parameters that Tomcat strips (`..;x`). */
const DOT_SEGMENT = /(?:^|[/\\])\.{1,2}(?=[/\\;]|$)/;

/**
 * Reads a request target. `undefined` where it is no gateway path, or one that two servers could read differently: no
 * well-meant client sends such a path, so it is refused and not repaired. Encoded slashes stay as they are.
 */
export function parseGatewayPath(target: string): GatewayPath | undefined {
  if (UNSAFE_CHARACTER.test(target)) return undefined;
  const match = /^\/g\/([^/?]+)\/([^/?]+)(.*)$/.exec(target);
  const [, ticket, upstream, rest] = match ?? [];
  if (ticket === undefined || upstream === undefined || rest === undefined) return undefined;
  return isUnambiguous(rest) ? { ticket, upstream, rest } : undefined;
}

function isUnambiguous(rest: string): boolean {
  const [path = ''] = rest.split('?', 1);
  if (path.startsWith('//') || ENCODED_CONTROL.test(path)) return false;
  const asUpstreamsReadIt = path
    .replace(/%2e/gi, '.')
    .replace(/%2f/gi, '/')
    .replace(/%5c/gi, '\\')
    .replace(/%3b/gi, ';');
  return !DOT_SEGMENT.test(asUpstreamsReadIt);
}
