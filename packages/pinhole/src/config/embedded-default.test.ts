import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { CommandError } from '../exit.ts';
import { loadConfig } from './load-config.ts';

describe('the embedded default', () => {
  let dataDir = '';
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'pinhole-test-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  const load = () => loadConfig({ env: {}, set: [`dataDir=${dataDir}`] });
  const secretOf = (loaded = load()) => loaded.config.apps[0]?.secret ?? '';

  it('runs on ports that need no root, with the demo app', () => {
    const { config, name } = load();
    assert.equal(name, 'the embedded default');
    assert.ok(config.listen.every(({ port }) => port > 1023));
    assert.equal(config.demo, true);
    assert.deepEqual(config.apps, [{ id: 'demo', secret: secretOf(), upstreams: [] }]);
  });

  it('makes a secret once, readable by its owner alone, and leaves nothing else behind', () => {
    const secret = secretOf();
    assert.match(secret, /^[0-9a-f]{64}$/);
    assert.equal(secretOf(), secret);
    assert.deepEqual(readdirSync(dataDir), ['demo-secret']);
    assert.equal(statSync(join(dataDir, 'demo-secret')).mode & 0o777, 0o600);
    assert.equal(readFileSync(join(dataDir, 'demo-secret'), 'utf8'), `${secret}\n`);
  });

  it('gives no two machines the same secret', () => {
    const first = secretOf();
    rmSync(join(dataDir, 'demo-secret'));
    assert.notEqual(secretOf(), first);
  });

  it('lets the environment give the secret, and then keeps none', () => {
    const secret = '0123456789abcdef0123456789abcdef';
    const env = { PINHOLE_APPS_0_SECRET: secret, PINHOLE_DATADIR: dataDir };
    assert.equal(secretOf(loadConfig({ env })), secret);
    assert.deepEqual(readdirSync(dataDir), []);
  });

  it('says what to do where the file is damaged or the folder cannot be written', () => {
    writeFileSync(join(dataDir, 'demo-secret'), 'short');
    assert.throws(load, (error) => error instanceof CommandError && /delete it/.test(error.message));
    const notAFolder = join(dataDir, 'demo-secret');
    assert.throws(
      () => loadConfig({ env: {}, set: [`dataDir=${notAFolder}`] }),
      (error) => error instanceof CommandError && /(EEXIST|ENOTDIR).*--set dataDir/.test(error.message),
    );
  });
});
