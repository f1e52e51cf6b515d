import { appKeys, type Config, type UpstreamConfig } from '@pinhole/contract';

/** A tenant. */
export interface App {
  readonly id: string;
  /** The key that signs today. */
  readonly signingKey: AppKey;
  /** All keys that are believed, that one among them. */
  readonly keys: readonly AppKey[];
  /** What its clients may reach. */
  readonly upstreams: readonly UpstreamConfig[];
}

export interface AppKey {
  readonly kid: string;
  /** As the operator wrote it; never for a log or an answer. */
  readonly secret: string;
}

export interface AppDirectory {
  find(id: string): App | undefined;
}

/** The apps of the config file. */
export function createAppDirectory({ apps, upstreams }: Pick<Config, 'apps' | 'upstreams'>): AppDirectory {
  const byId = new Map<string, App>(
    apps.flatMap((app) => {
      const keys = appKeys(app);
      const [signingKey] = keys;
      // The schema lets no app in without a key.
      if (signingKey === undefined) return [];
      const reachable = upstreams.filter(({ name }) => app.upstreams.includes(name));
      return [[app.id, { id: app.id, signingKey, keys, upstreams: reachable }]];
    }),
  );
  return { find: (id) => byId.get(id) };
}
