import { z } from 'zod';

/** Both kinds of token are JWTs signed with HMAC-SHA256 and the app's secret (UTF-8). */
export const TOKEN_ALGORITHM = 'HS256';
/** The id of the key that an app has as its `secret`. A key's id is in every token's header and TURN username. */
export const APP_KEY_ID = '1';
/** How far the clocks of an app's server and of Pinhole may differ, in seconds. */
export const CLOCK_LEEWAY_SECONDS = 30;

export const APP_TOKEN_AUDIENCE = 'pinhole';
export const GATEWAY_TICKET_AUDIENCE = 'pinhole-gateway';
/** The `typ` header of a ticket. With the audience it keeps a ticket from passing as a token, and the reverse. */
export const GATEWAY_TICKET_TYPE = 'pinhole-ticket+jwt';
/** How long a proxy session, its TURN credential and its ticket live, in seconds. */
export const SESSION_TTL_SECONDS: { readonly default: number; readonly min: number; readonly max: number } = {
  default: 86_400,
  min: 60,
  max: 172_800,
};

/** What an app's server signs for one of its users: the right to open a proxy session. */
export interface AppTokenClaims {
  readonly app: string;
  /** Who the user is, as the app's server says. */
  readonly sub: string;
  readonly aud: typeof APP_TOKEN_AUDIENCE;
  /** Unix seconds. */
  readonly iat: number;
  /** Unix seconds. */
  readonly exp: number;
}

/** What control grants for the gateway: part of the path of every signalling request. */
export interface GatewayTicketClaims {
  readonly app: string;
  readonly sub: string;
  /** The proxy session. */
  readonly sid: string;
  readonly aud: typeof GATEWAY_TICKET_AUDIENCE;
  /** Unix seconds. */
  readonly exp: number;
}

const name = (): z.ZodString => z.string().min(1).max(128);
const unixSeconds = (): z.ZodNumber => z.number().int().nonnegative();

export const appTokenClaimsSchema: z.ZodType<AppTokenClaims> = z.object({
  app: name(),
  sub: name(),
  aud: z.literal(APP_TOKEN_AUDIENCE),
  iat: unixSeconds(),
  exp: unixSeconds(),
});

export const gatewayTicketClaimsSchema: z.ZodType<GatewayTicketClaims> = z.object({
  app: name(),
  sub: name(),
  sid: name(),
  aud: z.literal(GATEWAY_TICKET_AUDIENCE),
  exp: unixSeconds(),
});
