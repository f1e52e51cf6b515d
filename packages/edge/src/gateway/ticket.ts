import {
  type AppConfig,
  appKeys,
  CLOCK_LEEWAY_SECONDS,
  type ErrorCode,
  GATEWAY_TICKET_AUDIENCE,
  GATEWAY_TICKET_TYPE,
  gatewayTicketClaimsSchema,
  TOKEN_ALGORITHM,
} from '@pinhole/contract';
import type { UnixSeconds } from '@pinhole/protocol';
import { decodeJwt, decodeProtectedHeader, errors, type JWTVerifyOptions, jwtVerify } from 'jose';

export type CheckedTicket =
  | { readonly ok: true; readonly app: AppConfig }
  | { readonly ok: false; readonly code: ErrorCode };

/** Longer than any ticket of ours: not worth the work of a signature. */
const MAX_TICKET_LENGTH = 4096;

/** Checks gateway tickets with the secrets of the apps. Never rejects: a ticket is network input. */
export class TicketChecker {
  /** By app and key id. */
  readonly #keys: ReadonlyMap<string, { readonly app: AppConfig; readonly key: Uint8Array }>;
  readonly #now: () => UnixSeconds;

  constructor(apps: readonly AppConfig[], now: () => UnixSeconds) {
    const encoder = new TextEncoder();
    this.#keys = new Map(
      apps.flatMap((app) =>
        appKeys(app).map(({ kid, secret }) => [`${app.id}.${kid}`, { app, key: encoder.encode(secret) }] as const),
      ),
    );
    this.#now = now;
  }

  async check(ticket: string): Promise<CheckedTicket> {
    const known = this.#keys.get(claimedKey(ticket) ?? '');
    if (known === undefined) return { ok: false, code: 'gateway.ticket_invalid' };
    try {
      const { payload } = await jwtVerify(ticket, known.key, this.#verifyOptions());
      const isWhole = gatewayTicketClaimsSchema.safeParse(payload).success;
      return isWhole ? { ok: true, app: known.app } : { ok: false, code: 'gateway.ticket_invalid' };
    } catch (error) {
      const code = error instanceof errors.JWTExpired ? 'gateway.ticket_expired' : 'gateway.ticket_invalid';
      return { ok: false, code };
    }
  }

  #verifyOptions(): JWTVerifyOptions {
    return {
      algorithms: [TOKEN_ALGORITHM],
      audience: GATEWAY_TICKET_AUDIENCE,
      typ: GATEWAY_TICKET_TYPE,
      requiredClaims: ['exp'],
      currentDate: new Date(this.#now() * 1000),
      clockTolerance: CLOCK_LEEWAY_SECONDS,
    };
  }
}

/** Whose ticket it says it is, and of which key: only to choose the one that it must be signed with. */
function claimedKey(ticket: string): string | undefined {
  if (ticket.length > MAX_TICKET_LENGTH) return undefined;
  try {
    const { app } = decodeJwt(ticket);
    const { kid } = decodeProtectedHeader(ticket);
    return typeof app === 'string' ? `${app}.${kid}` : undefined;
  } catch {
    return undefined;
  }
}
