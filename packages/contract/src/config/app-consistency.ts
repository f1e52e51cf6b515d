import { APP_KEY_ID } from '../tokens.ts';
import { type AppConfig, MAX_SHARED_SECRETS } from './apps.ts';
import type { ConfigPath, Finding } from './problems.ts';

interface AppItem {
  readonly path: ConfigPath;
  readonly value: AppConfig;
}

/** A key id names one key of its app. */
export function repeatedKeyIds(apps: readonly AppItem[]): readonly Finding[] {
  return apps.flatMap(({ path, value }) => {
    const seen = new Map<string, string>(value.secret === undefined ? [] : [[APP_KEY_ID, 'secret']]);
    return (value.keys ?? []).flatMap(({ kid }, i): readonly Finding[] => {
      const earlier = seen.get(kid);
      if (earlier === undefined) seen.set(kid, `keys.${i}`);
      const message = `is already the id of ${earlier}`;
      return earlier === undefined ? [] : [{ path: [...path, 'keys', i, 'kid'], message }];
    });
  });
}

/** A username that does not name its secret is tried with each: so they must be few, and each of one app. */
export function unfitSharedSecrets(apps: readonly AppItem[]): readonly Finding[] {
  const owners = new Map<string, string>();
  return apps.flatMap(({ path, value }) =>
    (value.sharedSecrets ?? []).flatMap(({ secret }, i): readonly Finding[] => {
      const place = [...path, 'sharedSecrets', i];
      const owner = owners.get(secret);
      if (owner !== undefined) return [{ path: place, message: `is already ${owner}` }];
      owners.set(secret, place.join('.'));
      if (owners.size !== MAX_SHARED_SECRETS + 1) return [];
      return [{ path: place, message: `is one too many: all apps together may have ${MAX_SHARED_SECRETS}` }];
    }),
  );
}

/** A secret that holds at a listener which is not there holds nowhere. */
export function secretsOfNoListener(
  apps: readonly AppItem[],
  listeners: readonly { readonly value: { readonly port: number } }[],
): readonly Finding[] {
  return apps.flatMap(({ path, value }) =>
    (value.sharedSecrets ?? []).flatMap(({ port }, i): readonly Finding[] => {
      if (port === undefined || listeners.some((listener) => listener.value.port === port)) return [];
      return [{ path: [...path, 'sharedSecrets', i, 'port'], message: 'is the port of no entry of listen' }];
    }),
  );
}
