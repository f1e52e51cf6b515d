import type { ProxySession } from '@pinhole/contract';
import type { FetchLike } from '../options.ts';
import type { ProbeResult, TransportProbe } from '../transport-probe.ts';
import type { Transport } from '../transports.ts';

export const UDP = 'turn:192.0.2.1:3478?transport=udp';
export const TCP = 'turn:192.0.2.1:443?transport=tcp';
export const TLS = 'turns:192.0.2.1:443?transport=tcp';

/** A session as a server with all three transports grants it. */
export function sessionWith(urls: readonly string[] = [UDP, TCP, TLS]): ProxySession {
  return {
    sessionId: 's1',
    mode: 'standard',
    expiresAt: 1_900_000_000,
    regions: [
      { id: 'default', iceServers: [{ urls, username: 'u', credential: 'c' }], gateway: { base: '/g/ticket' } },
    ],
    upstreams: [{ name: 'janus', origins: ['https://sfu.example.com'] }],
    allowlistVersion: '1',
  };
}

/** A fetch that answers with this, and keeps what it was asked. */
export function answering(status: number, body: unknown): { fetch: FetchLike; requests: Parameters<FetchLike>[] } {
  const requests: Parameters<FetchLike>[] = [];
  const fetch: FetchLike = async (...request) => {
    requests.push(request);
    return { status, json: async () => body };
  };
  return { fetch, requests };
}

/** A probe whose attempts a test ends by hand. */
export class ProbeDouble {
  readonly begun: Transport[] = [];
  readonly closed: Transport[] = [];
  readonly #answers = new Map<Transport, (result: ProbeResult) => void>();

  readonly probe: TransportProbe = ({ transport }, onResult) => {
    this.begun.push(transport);
    this.#answers.set(transport, onResult);
    return { lastError: {}, close: () => this.closed.push(transport) };
  };

  works(transport: Transport, provenUrls: readonly string[] = []): void {
    this.#answers.get(transport)?.({ works: true, provenUrls });
  }

  fails(transport: Transport, code = 701): void {
    this.#answers.get(transport)?.({ works: false, refused: code < 700, code, text: 'no answer' });
  }
}
