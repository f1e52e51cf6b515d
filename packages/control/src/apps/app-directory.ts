import { APP_KEY_ID, type Config, type UpstreamConfig } from '@pinhole/contract';

/** A tenant. */
export interface App {
  readonly id: string;
  /** The key that signs today. */
  readonly signingKey: AppKey;
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
    apps.map(({ id, secret, upstreams: names }) => [
      id,
      {
        id,
        signingKey: { kid: APP_KEY_ID, secret },
        upstreams: upstreams.filter(({ name }) => names.includes(name)),
      },
    ]),
  );
  return { find: (id) => byId.get(id) };
}
