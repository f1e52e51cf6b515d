import type { Config } from '@pinhole/contract';
import { type App, createAppDirectory } from '@pinhole/control';
import { CommandError } from '../exit.ts';

/** The app with this id. Throws a CommandError that names those that there are. */
export function findApp(id: string, config: Config): App {
  const app = createAppDirectory(config).find(id);
  if (app !== undefined) return app;
  const known = config.apps.map((entry) => entry.id).join(', ');
  throw CommandError.usage(
    `There is no app "${id}" in the configuration. ${known === '' ? 'It has none.' : `It has: ${known}.`}`,
  );
}
