import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Config, MIN_SECRET_LENGTH } from '@pinhole/contract';
import { CommandError, systemError } from '../exit.ts';
import { writeWhole } from './private-file.ts';

/** Stands for the secret until the data folder is known, which the environment and `--set` may move. */
const PLACEHOLDER = 'made once for this machine, and kept in dataDir';

/** What runs without a config file: the schema's defaults, and an app to try it with. */
export const EMBEDDED_DEFAULT: { readonly name: string; readonly text: string } = {
  name: 'the embedded default',
  text: `demo: true\napps: [{ id: demo, secret: ${JSON.stringify(PLACEHOLDER)} }]\n`,
};

/** Gives the demo app this machine's own secret, made at the first start. */
export function withDemoSecret(config: Config): Config {
  const apps = config.apps.map((app) =>
    app.secret === PLACEHOLDER ? { ...app, secret: demoSecret(config.dataDir) } : app,
  );
  return { ...config, apps };
}

function demoSecret(dataDir: string): string {
  const path = resolve(join(dataDir, 'demo-secret'));
  try {
    if (!existsSync(path)) createOnce(path);
    const secret = readFileSync(path, 'utf8').trim();
    if (secret.length >= MIN_SECRET_LENGTH) return secret;
  } catch (error) {
    const reason = systemError(error)?.code ?? 'unknown reason';
    throw CommandError.failed(
      `Cannot keep the demo app's secret in ${path} (${reason}): choose another --set dataDir=…`,
      error,
    );
  }
  throw CommandError.failed(`${path} is damaged: delete it, and the next start makes a new secret.`);
}

/** Of two first starts at the same time one makes the secret, and both use it. */
function createOnce(path: string): void {
  const own = `${path}.${randomBytes(6).toString('hex')}`;
  writeWhole(own, `${randomBytes(32).toString('hex')}\n`, { isPublic: false });
  try {
    linkSync(own, path);
  } catch (error) {
    if (systemError(error)?.code !== 'EEXIST') throw error;
  } finally {
    rmSync(own, { force: true });
  }
}
