/** How media reaches the relay: TURN over UDP, over plain TCP, or over TLS. */
export type Transport = 'udp' | 'tcp' | 'tls';

/** What a TURN URL says, with its defaults filled in. */
export interface TurnUrl {
  readonly transport: Transport;
  /** A name, an IPv4 address, or an IPv6 address in brackets. */
  readonly host: string;
  readonly port: number;
}

/** RFC 7065 §3.1 and §3.2. `undefined` for what is no TURN URL, and for TURN over DTLS, which no browser speaks. */
export function parseTurnUrl(url: string): TurnUrl | undefined {
  const match = /^(turns?):(\[[^\]]+\]|[^:?[\]]+)(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?$/i.exec(url);
  if (match === null) return undefined;
  const [, scheme, host = '', port, transport] = match;
  const isSecure = scheme?.toLowerCase() === 'turns';
  const isTcp = transport === undefined ? isSecure : transport.toLowerCase() === 'tcp';
  if (isSecure && !isTcp) return undefined;
  return { transport: isSecure ? 'tls' : isTcp ? 'tcp' : 'udp', host, port: Number(port ?? (isSecure ? 5349 : 3478)) };
}
