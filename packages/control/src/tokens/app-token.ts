import {
  APP_TOKEN_AUDIENCE,
  type AppTokenClaims,
  appTokenClaimsSchema,
  CLOCK_LEEWAY_SECONDS,
  type ErrorCode,
  GATEWAY_TICKET_TYPE,
  TOKEN_ALGORITHM,
} from '@pinhole/contract';
import type { UnixSeconds } from '@pinhole/protocol';
import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import type { App, AppDirectory, AppKey } from '../apps/app-directory.ts';
import { keyBytes } from './secret-key.ts';

export interface SignAppTokenOptions {
  readonly sub: string;
  readonly ttlSeconds: number;
  readonly now: UnixSeconds;
}

/** What an app's server does for its users; here for the command line and the demo page. */
export async function signAppToken(app: App, { sub, ttlSeconds, now }: SignAppTokenOptions): Promise<string> {
  return new SignJWT({ app: app.id, sub })
    .setProtectedHeader({ alg: TOKEN_ALGORITHM, typ: 'JWT', kid: app.signingKey.kid })
    .setAudience(APP_TOKEN_AUDIENCE)
    .setIssuedAt(now)
    .setExpirationTime(now + ttlSeconds)
    .sign(keyBytes(app.signingKey));
}

export type VerifiedToken =
  | { readonly ok: true; readonly app: App; readonly claims: AppTokenClaims }
  | { readonly ok: false; readonly code: ErrorCode; readonly details?: Readonly<Record<string, unknown>> };

/** Judges an app token. Never throws: a token is network input. */
export async function verifyAppToken(token: string, apps: AppDirectory, now: UnixSeconds): Promise<VerifiedToken> {
  const claimed = readUnverified(token);
  if (claimed === undefined) return refuse('token.malformed');
  // The type is told before the signature is checked only to say what is wrong; nothing is granted on it.
  if (claimed.type === GATEWAY_TICKET_TYPE) return refuse('token.wrong_audience');
  const app = apps.find(claimed.app);
  if (app === undefined) return refuse('token.unknown_app');
  // A token without a key id may be of any of the app's keys.
  const keys = app.keys.filter(({ kid }) => claimed.kid === undefined || kid === claimed.kid);
  let verified: VerifiedToken = refuse('token.bad_signature');
  for (const key of keys) {
    verified = await verifySigned(token, { app, key, now });
    if (verified.ok || verified.code !== 'token.bad_signature') return verified;
  }
  return verified;
}

async function verifySigned(
  token: string,
  { app, key, now }: { app: App; key: AppKey; now: UnixSeconds },
): Promise<VerifiedToken> {
  let payload: JWTPayload;
  try {
    const options = {
      algorithms: [TOKEN_ALGORITHM],
      audience: APP_TOKEN_AUDIENCE,
      clockTolerance: CLOCK_LEEWAY_SECONDS,
      currentDate: new Date(now * 1000),
      requiredClaims: ['exp'],
    };
    ({ payload } = await jwtVerify(token, keyBytes(key), options));
  } catch (error) {
    return refusalOf(error, now);
  }
  const claims = appTokenClaimsSchema.safeParse(payload);
  if (!claims.success || claims.data.app !== app.id) return refuse('token.malformed');
  if (claims.data.iat > now + CLOCK_LEEWAY_SECONDS) {
    return refuse('token.not_yet_valid', { secondsAhead: claims.data.iat - now, serverTime: now });
  }
  return { ok: true, app, claims: claims.data };
}

interface UnverifiedToken {
  readonly app: string;
  readonly type: string | undefined;
  readonly kid: string | undefined;
}

function readUnverified(token: string): UnverifiedToken | undefined {
  try {
    const header = decodeProtectedHeader(token);
    const { app } = decodeJwt(token);
    if (header.alg !== TOKEN_ALGORITHM || typeof app !== 'string') return undefined;
    return { app, type: header.typ, kid: header.kid };
  } catch {
    return undefined;
  }
}

function refusalOf(error: unknown, now: UnixSeconds): VerifiedToken {
  if (error instanceof errors.JWSSignatureVerificationFailed) return refuse('token.bad_signature');
  if (error instanceof errors.JWTExpired) {
    return refuse('token.expired', { secondsAgo: now - Number(error.payload.exp), serverTime: now });
  }
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud') return refuse('token.wrong_audience');
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'nbf' && error.reason === 'check_failed') {
    return refuse('token.not_yet_valid', { serverTime: now });
  }
  return refuse('token.malformed');
}

function refuse(code: ErrorCode, details?: Readonly<Record<string, unknown>>): VerifiedToken {
  return details === undefined ? { ok: false, code } : { ok: false, code, details };
}
