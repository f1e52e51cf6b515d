import type { ProxySession } from '@pinhole/contract';
import type { UnixSeconds } from '@pinhole/protocol';
import type { App } from '../apps/app-directory.ts';
import { type ControlCrypto, mintTurnCredential, randomId } from '../credentials/mint.ts';
import type { PublicEndpoints } from '../endpoints/public-endpoints.ts';
import { signGatewayTicket } from '../tickets/gateway-ticket.ts';

export interface GrantOptions {
  readonly app: App;
  /** Who the client is, as its token says. */
  readonly sub: string;
  readonly endpoints: PublicEndpoints;
  readonly allowlistVersion: string;
  readonly now: UnixSeconds;
  readonly crypto: ControlCrypto;
}

/**
 * Grants a proxy session. The session's id is the nonce of its TURN username, so that the relay's counters can be put
 * to a session without the user's name ever being sent in the clear.
 */
export async function grantProxySession(options: GrantOptions): Promise<ProxySession> {
  const { app, sub, endpoints, allowlistVersion, now, crypto } = options;
  const sessionId = randomId(crypto);
  const credential = mintTurnCredential(app, { endpoints, now, crypto, nonce: sessionId });
  const { username, password, expiresAt, turnUrls: urls } = credential;
  const ticket = await signGatewayTicket(app, { sub, sessionId, expiresAt });
  return {
    sessionId,
    mode: 'standard',
    expiresAt,
    regions: [
      { id: 'default', iceServers: [{ urls, username, credential: password }], gateway: { base: `/g/${ticket}` } },
    ],
    upstreams: app.upstreams.map(({ name, origins }) => ({ name, origins })),
    allowlistVersion,
  };
}
