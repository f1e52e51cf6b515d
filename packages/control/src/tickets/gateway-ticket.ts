import { GATEWAY_TICKET_AUDIENCE, GATEWAY_TICKET_TYPE, TOKEN_ALGORITHM } from '@pinhole/contract';
import type { UnixSeconds } from '@pinhole/protocol';
import { SignJWT } from 'jose';
import type { App } from '../apps/app-directory.ts';
import { keyBytes } from '../tokens/secret-key.ts';

export interface SignGatewayTicketOptions {
  readonly sub: string;
  readonly sessionId: string;
  readonly expiresAt: UnixSeconds;
}

/** The right to use the gateway, which any edge that knows the app's key can check offline. */
export async function signGatewayTicket(app: App, options: SignGatewayTicketOptions): Promise<string> {
  return new SignJWT({ app: app.id, sub: options.sub, sid: options.sessionId })
    .setProtectedHeader({ alg: TOKEN_ALGORITHM, typ: GATEWAY_TICKET_TYPE, kid: app.signingKey.kid })
    .setAudience(GATEWAY_TICKET_AUDIENCE)
    .setExpirationTime(options.expiresAt)
    .sign(keyBytes(app.signingKey));
}
