import type { Attempt } from './attempt.ts';

/** `UDP rtc.example.com:3478`, `TCP rtc.example.com:443`: what a firewall has to open for these attempts, each once. */
export function firewallTargets(attempts: readonly Attempt[]): readonly string[] {
  return [...new Set(attempts.flatMap((attempt) => attempt.urls).flatMap(targetOfUrl))];
}

function targetOfUrl(url: string): string[] {
  const turn = /^turns?:([^?]+)(?:\?transport=(\w+))?$/i.exec(url);
  if (turn !== null) return turnTarget(url, turn[1] ?? '', turn[2]);
  const { protocol, hostname, port } = new URL(url);
  return [`TCP ${hostname}:${port || (protocol === 'http:' ? 80 : 443)}`];
}

/** RFC 7065 §3.2: without a port, `turn:` means 3478 and `turns:` 5349; without a transport, UDP and TCP. */
function turnTarget(url: string, hostAndPort: string, transport: string | undefined): string[] {
  const isSecure = /^turns:/i.test(url);
  const hasPort = /:\d+$/.test(hostAndPort);
  const protocol = isSecure || transport?.toLowerCase() === 'tcp' ? 'TCP' : 'UDP';
  return [`${protocol} ${hasPort ? hostAndPort : `${hostAndPort}:${isSecure ? 5349 : 3478}`}`];
}
