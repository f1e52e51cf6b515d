import { createHash } from 'node:crypto';
import { type AppConfig, appKeys } from '@pinhole/contract';
import {
  type KnownCredential,
  parseSharedSecretUsername,
  parseTimeLimitedUsername,
  passwordFor,
  type TimeLimitedUsername,
  type TurnServerOptions,
} from '@pinhole/protocol';
import { nodeCrypto } from '@pinhole/protocol/node-crypto';

/** Usernames of TURN REST backends whose secret is known already, so that each request after the first takes one try. */
const MAX_REMEMBERED = 10_000;

interface Key {
  readonly app: AppConfig;
  /** For revocation; shared secrets have none of their own. */
  readonly kid: string;
  readonly secret: string;
  /** The one listener where it holds. */
  readonly port?: number | undefined;
}

/** Finds out what a username stands for from the username and the apps' keys alone: the edge asks nobody. */
export function credentialFinder(
  apps: readonly AppConfig[],
): Required<Pick<TurnServerOptions, 'findCredentials' | 'noteProven'>> {
  const keys = new Map(
    apps.flatMap((app) => appKeys(app).map(({ kid, secret }) => [`${app.id}.${kid}`, { app, kid, secret }] as const)),
  );
  const appIds = new Set(apps.map(({ id }) => id));
  const shared = sharedKeys(apps);
  const remembered = new Map<string, Key>();

  return {
    *findCredentials(username, { serverAddress }) {
      const parsed = parseTimeLimitedUsername(username);
      if (parsed !== undefined && appIds.has(parsed.appId)) {
        const key = keys.get(`${parsed.appId}.${parsed.kid}`);
        if (key === undefined) return spendTheTime(username);
        yield known(username, key, parsed);
        return;
      }
      const foreign = parseSharedSecretUsername(username);
      if (foreign === undefined || shared.length === 0) return spendTheTime(username);
      // All are tried where the remembered one does not fit: a wrong password takes as long whether we saw the name or not.
      const first = remembered.get(username);
      for (const key of first === undefined ? shared : [first, ...shared.filter((other) => other !== first)]) {
        if (key.port === undefined || key.port === serverAddress.port) yield known(username, key, foreign);
      }
    },

    noteProven(username, { appId, kid }) {
      if (shared.length < 2 || keys.has(`${appId}.${kid}`)) return;
      const key = shared.find((candidate) => candidate.app.id === appId && candidate.kid === kid);
      remembered.delete(username);
      if (key !== undefined) remembered.set(username, key);
      const [oldest] = remembered.size > MAX_REMEMBERED ? remembered.keys() : [];
      if (oldest !== undefined) remembered.delete(oldest);
    },
  };
}

/** A name that is nobody's takes as long as one that is somebody's: else the time would tell which there are. */
function spendTheTime(username: string): void {
  passwordFor(username, 'nobody has this', nodeCrypto);
}

function known(
  username: string,
  { app, kid, secret }: Key,
  { expiresAt, user }: Pick<TimeLimitedUsername, 'expiresAt' | 'user'>,
): KnownCredential {
  return {
    appId: app.id,
    kid,
    expiresAt,
    password: passwordFor(username, secret, nodeCrypto),
    ...(app.expiry === undefined ? {} : { expiry: app.expiry }),
    ...(user === undefined ? {} : { user }),
  };
}

function sharedKeys(apps: readonly AppConfig[]): readonly Key[] {
  return apps.flatMap((app) =>
    (app.sharedSecrets ?? []).map(({ secret, port }) => ({ app, kid: sharedKeyId(secret), secret, port })),
  );
}

/** Stays the same when the list changes, and tells nothing of the secret. */
function sharedKeyId(secret: string): string {
  return `shared.${createHash('sha256').update(secret).digest('hex').slice(0, 8)}`;
}
