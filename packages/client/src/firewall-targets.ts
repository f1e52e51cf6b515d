import type { Attempt } from './attempt.ts';
import { parseTurnUrl } from './turn-url.ts';

/** `UDP rtc.example.com:3478`, `TCP rtc.example.com:443`: what a firewall has to open for these attempts, each once. */
export function firewallTargets(attempts: readonly Attempt[]): readonly string[] {
  return [...new Set(attempts.flatMap((attempt) => attempt.urls).map(targetOfUrl))];
}

function targetOfUrl(url: string): string {
  const turn = parseTurnUrl(url);
  if (turn !== undefined) return `${turn.transport === 'udp' ? 'UDP' : 'TCP'} ${turn.host}:${turn.port}`;
  const { protocol, hostname, port } = new URL(url);
  return `TCP ${hostname}:${port || (protocol === 'http:' ? 80 : 443)}`;
}
