import { z } from 'zod';
import { APP_KEY_ID } from '../tokens.ts';
import { id, port } from './fields.ts';

export interface AppConfig {
  readonly id: string;
  /** The key with the id {@link APP_KEY_ID}. May be absent where there are `keys`. */
  readonly secret?: string;
  /** More keys. The first of them signs, and all verify, so that a key can be replaced without an outage. */
  readonly keys?: readonly AppKeyConfig[];
  /** Secrets of TURN REST backends, as coturn's `use-auth-secret` has them. */
  readonly sharedSecrets?: readonly SharedSecretConfig[];
  /** What the expiry of a TURN credential ends. Absent: `new-only`. */
  readonly expiry?: 'new-only' | 'refresh' | 'hard';
  /** Whether its clients may have connections relayed as well (RFC 6062). Absent: no. */
  readonly tcpRelay?: boolean;
  /** Names of the upstreams that the app's clients may reach. */
  readonly upstreams: readonly string[];
}

export interface AppKeyConfig {
  readonly kid: string;
  readonly secret: string;
}

export interface SharedSecretConfig {
  readonly secret: string;
  /** The listener where it holds. Absent: everywhere. */
  readonly port?: number;
}

export const MIN_SECRET_LENGTH = 32;
/** Two, so that one can be replaced. */
export const MAX_SHARED_SECRETS_PER_APP = 2;
/** A username of a TURN REST backend does not name its secret: each is tried. */
export const MAX_SHARED_SECRETS = 32;

/** The keys of an app. The first signs; all verify. */
export function appKeys({ keys = [], secret }: Pick<AppConfig, 'keys' | 'secret'>): readonly AppKeyConfig[] {
  return secret === undefined ? keys : [...keys, { kid: APP_KEY_ID, secret }];
}

const secret = (): z.ZodString =>
  z
    .string()
    .min(MIN_SECRET_LENGTH, `must have at least ${MIN_SECRET_LENGTH} characters; "openssl rand -hex 32" makes one`);

/** A secret alone holds at every listener. */
const sharedSecret = (): z.ZodType<SharedSecretConfig> =>
  z.union(
    [
      secret().transform((text) => ({ secret: text })),
      z.strictObject({
        secret: secret().describe('The secret.'),
        port: port().exactOptional().describe('The port of the one listener where it holds.'),
      }),
    ],
    `must be a secret of at least ${MIN_SECRET_LENGTH} characters, or { secret, port }`,
  );

export const appSchema: z.ZodType<AppConfig> = z
  .strictObject({
    id: id().describe('The AppID that clients send.'),
    secret: secret()
      .exactOptional()
      .describe(
        `The key "${APP_KEY_ID}": signs app tokens and derives TURN credentials. Keep it on servers, never in a client.`,
      ),
    keys: z
      .array(
        z.strictObject({
          kid: id().describe('Names the key in tokens and TURN usernames.'),
          secret: secret().describe('The key.'),
        }),
      )
      .exactOptional()
      .describe(
        'More keys, beside or instead of secret. The first signs, all verify: to replace a key, put the new first.',
      ),
    sharedSecrets: z
      .array(sharedSecret())
      .max(MAX_SHARED_SECRETS_PER_APP, `must not have more than ${MAX_SHARED_SECRETS_PER_APP} entries`)
      .exactOptional()
      .describe('Secrets of TURN REST backends ("use-auth-secret"): usernames <unixExpiry>[:<user>].'),
    expiry: z
      .enum(['new-only', 'refresh', 'hard'])
      .exactOptional()
      .describe('What the expiry of a credential ends: new allocations; refreshes too; or all at once. new-only.'),
    tcpRelay: z
      .boolean()
      .exactOptional()
      .describe('Lets clients connect to peers by TCP as well, through TCP allocations (RFC 6062). false.'),
    upstreams: z.array(id()).default([]).describe("Names of the upstreams that the app's clients may reach."),
  })
  .superRefine((app, context) => {
    if (appKeys(app).length === 0) context.addIssue({ code: 'custom', path: ['secret'], message: 'is missing' });
  });
