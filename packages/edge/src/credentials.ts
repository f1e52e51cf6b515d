import { APP_KEY_ID, type AppConfig } from '@pinhole/contract';
import { type KnownCredential, parseTimeLimitedUsername, passwordFor } from '@pinhole/protocol';
import { nodeCrypto } from '@pinhole/protocol/node-crypto';

/** Finds out what a username stands for from the username and the apps' keys alone: the edge asks nobody. */
export function credentialFinder(apps: readonly AppConfig[]): (username: string) => KnownCredential | undefined {
  const secrets = new Map(apps.map(({ id, secret }) => [id, secret]));
  return (username) => {
    const parsed = parseTimeLimitedUsername(username);
    if (parsed === undefined || parsed.kid !== APP_KEY_ID) return undefined;
    const { appId, expiresAt, user } = parsed;
    const secret = secrets.get(appId);
    if (secret === undefined) return undefined;
    const password = passwordFor(username, secret, nodeCrypto);
    return { appId, expiresAt, password, ...(user === undefined ? {} : { user }) };
  };
}
