import type { IncomingMessage } from 'node:http';
import { BlockList, isIPv6 } from 'node:net';
import { httpEnds } from './client-address.ts';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** A Host that names this machine itself, with or without a port. */
const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;
const HOST = /^([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d+)?$/;

/**
 * Whether the request may be served on the connection that it came on: over TLS always, in the clear only on loopback,
 * where it cannot be overheard and browsers grant a secure context.
 *
 * Host must say loopback too. Any web page can make a name of its own resolve to 127.0.0.1 and would then read what is
 * served here as if it were its own (DNS rebinding).
 */
export function isServedInTheClear(request: IncomingMessage): boolean {
  if ('encrypted' in request.socket) return true;
  // Not the socket's: a proxy on this machine connects from loopback for clients from anywhere.
  const ends = httpEnds(request);
  const isLocal = isLoopback(ends?.clientAddress.ip) && isLoopback(ends?.serverAddress.ip);
  return isLocal && LOOPBACK_HOST.test(request.headers.host ?? '');
}

/** The same address over TLS, which the same port serves; `undefined` where Host is no host. */
export function secureLocation(request: IncomingMessage): string | undefined {
  const [, hostname] = HOST.exec(request.headers.host ?? '') ?? [];
  if (hostname === undefined || request.url === undefined) return undefined;
  const { port = 443 } = httpEnds(request)?.serverAddress ?? {};
  return `https://${hostname}${port === 443 ? '' : `:${port}`}${request.url}`;
}

function isLoopback(ip: string | undefined): boolean {
  return ip !== undefined && loopback.check(ip, isIPv6(ip) ? 'ipv6' : 'ipv4');
}
