/** Headers that are about one connection (RFC 9110 §7.6.1), and the older ones that proxies still meet. */
const HOP_BY_HOP: readonly string[] = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** Tells the headers that end at this hop, those that the Connection header names included; names in lower case. */
export function isHopByHop(connectionHeader: string | undefined): (name: string) => boolean {
  const named = (connectionHeader ?? '').split(',').map((name) => name.trim().toLowerCase());
  const names = new Set([...HOP_BY_HOP, ...named]);
  return (name) => names.has(name);
}

/** Node's raw list, name and value together, in its order and with its repetitions. */
export function* rawHeaderPairs(rawHeaders: readonly string[]): Generator<readonly [name: string, value: string]> {
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) yield [rawHeaders[i] ?? '', rawHeaders[i + 1] ?? ''];
}
