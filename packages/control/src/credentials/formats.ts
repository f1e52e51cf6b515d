import { createHash } from 'node:crypto';
import type { UnixSeconds } from '@pinhole/protocol';
import type { TurnCredential } from './mint.ts';

/** The shapes in which other products' clients expect a TURN credential. */
export const CREDENTIAL_FORMATS: readonly CredentialFormat[] = ['json', 'rest', 'cloudflare', 'twilio', 'matrix'];

export type CredentialFormat = 'json' | 'rest' | 'cloudflare' | 'twilio' | 'matrix';

/** The credential as the JSON value that a format's clients read. */
export function formatCredential(credential: TurnCredential, format: CredentialFormat): unknown {
  return FORMATS[format](credential);
}

const FORMATS: Readonly<Record<CredentialFormat, (credential: TurnCredential) => unknown>> = {
  json: nativeShape,
  rest: restShape,
  cloudflare: cloudflareShape,
  twilio: twilioShape,
  matrix: restShape,
};

function nativeShape({ username, password, ttlSeconds, expiresAt, turnUrls }: TurnCredential): unknown {
  const iceServers = [{ urls: turnUrls, username, credential: password }];
  return { username, password, ttl: ttlSeconds, expiresAt, iceServers };
}

/** draft-uberti-behave-turn-rest §2.2; Matrix's `/voip/turnServer` has the same members. */
function restShape({ username, password, ttlSeconds, turnUrls }: TurnCredential): unknown {
  return { username, password, ttl: ttlSeconds, uris: turnUrls };
}

/** Cloudflare Realtime's `generate-ice-servers`: STUN apart, because it takes no credential. */
function cloudflareShape({ username, password, turnUrls, stunUrl }: TurnCredential): unknown {
  const stun = stunUrl === undefined ? [] : [{ urls: [stunUrl] }];
  return { iceServers: [...stun, { urls: turnUrls, username, credential: password }] };
}

/** Twilio's Network Traversal tokens: `ttl` is a text, and each URL is an entry of its own, under two names. */
function twilioShape({ appId, username, password, ttlSeconds, createdAt, turnUrls, stunUrl }: TurnCredential): unknown {
  const stun = stunUrl === undefined ? [] : [{ url: stunUrl, urls: stunUrl }];
  return {
    username,
    password,
    ttl: String(ttlSeconds),
    account_sid: `AC${createHash('sha256').update(appId).digest('hex').slice(0, 32)}`,
    date_created: rfc2822(createdAt),
    date_updated: rfc2822(createdAt),
    ice_servers: [...stun, ...turnUrls.map((url) => ({ url, urls: url, username, credential: password }))],
  };
}

function rfc2822(time: UnixSeconds): string {
  return new Date(time * 1000).toUTCString().replace('GMT', '+0000');
}
