import { createHash } from 'node:crypto';
import type { Allowlist, AllowlistRow } from '@pinhole/contract';
import type { PublicEndpoints, PublicListener } from '../endpoints/public-endpoints.ts';

/** What a firewall between clients and the edge must allow: the IP address, because firewalls do not resolve names. */
export function allowlistOf({ externalIp, listeners }: PublicEndpoints): Allowlist {
  const endpoints = listeners.map((listener) => row(externalIp, listener));
  return { version: versionOf(endpoints), endpoints };
}

function row(ip: string, { transport, port }: PublicListener): AllowlistRow {
  if (transport === 'udp') return { protocol: 'udp', ip, port, purpose: 'media' };
  return { protocol: 'tcp', ip, port, purpose: transport === 'mux' ? 'all' : 'media' };
}

/** Equal rows give equal versions on every edge and after every restart, whatever order they are written in. */
function versionOf(rows: readonly AllowlistRow[]): string {
  const texts = rows.map(({ protocol, ip, port, purpose }) => `${protocol} ${ip} ${port} ${purpose}`).sort();
  return createHash('sha256').update(texts.join('\n')).digest('hex').slice(0, 12);
}
