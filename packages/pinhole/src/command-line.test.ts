import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { allowlistSchema } from '@pinhole/contract';
import { createAppDirectory, verifyAppToken } from '@pinhole/control';
import { loadConfig } from './config/load-config.ts';

const LAUNCHER = fileURLToPath(new URL('../bin/pinhole.js', import.meta.url));
const SECRET = '0123456789abcdef0123456789abcdef';

interface Outcome {
  readonly exitCode: number | null;
  readonly out: string;
  readonly err: string;
}

describe('the command line', () => {
  let folder = '';
  let file = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'pinhole-test-'));
    file = join(folder, 'pinhole.yaml');
    writeFileSync(
      file,
      `host: rtc.example.com
externalIp: 203.0.113.10
listen:
  - { port: 3478, transport: udp }
  - { port: 443, transport: mux }
apps: [{ id: demo, secret: "${SECRET}" }]
`,
    );
    writeFileSync(join(folder, 'wrong.yaml'), 'realm: 3\nrelay:\n  minport: 5\n');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const pinhole = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [LAUNCHER, ...args], {
        cwd: folder,
        env: { PATH: process.env.PATH, LANG: 'C', ...env },
      });
      const text = { out: '', err: '' };
      child.stdout.setEncoding('utf8').on('data', (data: string) => {
        text.out += data;
      });
      child.stderr.setEncoding('utf8').on('data', (data: string) => {
        text.err += data;
      });
      child.on('error', reject).on('close', (exitCode) => resolve({ exitCode, ...text }));
    });

  it('tells what a reload would change from one file to another, and neither secret', async () => {
    const next = join(folder, 'next.yaml');
    const other = SECRET.replace('0', 'f');
    writeFileSync(
      next,
      `apps: [{ id: demo, secret: "${other}" }]\npeers: { deny: ["10.0.0.0/8:1-1023"] }\nrealm: elsewhere\n`,
    );
    const { exitCode, out } = await pinhole(['config', 'diff', file, next]);
    assert.equal(exitCode, 0);
    assert.match(out, /^ {2}apps\.demo\.secret: changed$/m);
    assert.match(out, /^ {2}peers\.deny: \[\] -> \["10\.0\.0\.0\/8:1-1023"\]$/m);
    assert.match(out, /^! realm: "pinhole" -> "elsewhere" \(needs a restart; stays as it was\)$/m);
    assert.ok(!out.includes(SECRET) && !out.includes(other));
    assert.equal((await pinhole(['config', 'diff', file, join(folder, 'wrong.yaml')])).exitCode, 2);
  });

  it('prints an app token and nothing else', async () => {
    const { exitCode, out, err } = await pinhole(['token', 'demo', '--config', file, '--sub', 'alice', '--ttl', '60']);
    assert.deepEqual({ exitCode, err }, { exitCode: 0, err: '' });
    const apps = createAppDirectory(loadConfig({ env: {}, file }).config);
    const verified = await verifyAppToken(out.trim(), apps, Math.floor(Date.now() / 1000));
    assert.ok(verified.ok);
    assert.equal(verified.claims.sub, 'alice');
    assert.equal(verified.claims.exp - verified.claims.iat, 60);
  });

  it('prints a credential that an edge can check', async () => {
    const args = ['credentials', 'demo', '--config', file, '--ttl', '600', '--user', 'alice', '--json'];
    const { exitCode, out } = await pinhole(args);
    const { username, password, ttl, iceServers } = JSON.parse(out);
    assert.equal(exitCode, 0);
    assert.match(username, /^\d+:demo\.1\.[\w-]{22}:alice$/);
    assert.equal(password, createHmac('sha1', SECRET).update(username).digest('base64'));
    assert.equal(ttl, 600);
    assert.deepEqual(iceServers[0].urls, [
      'turn:rtc.example.com:3478?transport=udp',
      'turn:rtc.example.com:443?transport=tcp',
      'turns:rtc.example.com:443?transport=tcp',
    ]);
  });

  it('prints credentials in every format', async () => {
    const keys = async (format: string): Promise<readonly string[]> => {
      const { out } = await pinhole(['credentials', 'demo', '--config', file, '--format', format]);
      return Object.keys(JSON.parse(out));
    };
    assert.deepEqual(await keys('rest'), ['username', 'password', 'ttl', 'uris']);
    assert.deepEqual(await keys('matrix'), ['username', 'password', 'ttl', 'uris']);
    assert.deepEqual(await keys('cloudflare'), ['iceServers']);
    assert.ok((await keys('twilio')).includes('account_sid'));
  });

  it('prints the allowlist as a table, CSV and JSON, and in Chinese', async () => {
    const table = await pinhole(['allowlist'], { PINHOLE_CONFIG: file });
    assert.equal(
      table.out,
      `Protocol  IP            Port  Purpose
UDP       203.0.113.10  3478  media
TCP       203.0.113.10  443   web, signalling and media: enough alone
`,
    );
    const csv = await pinhole(['allowlist', '--config', file, '--format', 'csv']);
    assert.equal(csv.out.split('\n')[1], 'udp,203.0.113.10,3478,media');
    const json = await pinhole(['allowlist', '--config', file, '--json']);
    assert.equal(allowlistSchema.parse(JSON.parse(json.out)).endpoints.length, 2);
    assert.match((await pinhole(['allowlist', '--config', file], { LC_ALL: 'zh_CN.UTF-8' })).out, /^协议 /);
  });

  it('checks a configuration: 0 where it is right, 2 with every problem where not', async () => {
    assert.deepEqual(await pinhole(['config', 'check', file]), {
      exitCode: 0,
      out: `The configuration is right: ${file}.\n`,
      err: '',
    });
    assert.deepEqual(await pinhole(['config', 'check', 'wrong.yaml']), {
      exitCode: 2,
      out: '',
      err: `wrong.yaml:1:8 realm: must be text, not a number; put it in quotes
wrong.yaml:3:3 relay.minport: is not a known key; did you mean "minPort"?
The configuration has problems: wrong.yaml.
`,
    });
    const { exitCode, out } = await pinhole(['config', 'check', 'wrong.yaml', '--json']);
    assert.equal(exitCode, 2);
    assert.deepEqual(JSON.parse(out).error.problems[1], {
      file: 'wrong.yaml',
      line: 3,
      column: 3,
      path: 'relay.minport',
      message: 'is not a known key',
      suggestion: 'minPort',
    });
  });

  it('prints the schema of the configuration', async () => {
    const { out } = await pinhole(['config', 'schema']);
    assert.equal(JSON.parse(out).title, 'Pinhole configuration');
  });

  it('ends with 2 and one line for wrong options', async () => {
    for (const args of [
      ['bogus'],
      ['token'],
      ['token', 'demo', '--ttl', '0'],
      ['credentials', 'demo', '--format', 'x'],
    ]) {
      const { exitCode, out, err } = await pinhole([...args]);
      assert.deepEqual([exitCode, out, err.trim().split('\n').length], [2, '', 1], args.join(' '));
    }
    assert.deepEqual(await pinhole(['token', 'nobody', '--config', file]), {
      exitCode: 2,
      out: '',
      err: 'There is no app "nobody" in the configuration. It has: demo.\n',
    });
    const missing = await pinhole(['config', 'check', 'none.yaml']);
    assert.deepEqual(
      [missing.exitCode, missing.err],
      [2, 'Cannot read the configuration none.yaml: there is no such file.\n'],
    );
  });

  it('documents its exit codes', async () => {
    const { exitCode, out } = await pinhole(['--help']);
    assert.equal(exitCode, 0);
    assert.match(out, /Exit codes: 0 done, 1 failed, 2 wrong options or configuration\./);
  });

  it('signs tokens with the secret of the first start when no configuration is named', async () => {
    const { out } = await pinhole(['token', 'demo']);
    const { config } = loadConfig({ env: {}, set: [`dataDir=${join(folder, 'data')}`] });
    const now = Math.floor(Date.now() / 1000);
    assert.ok((await verifyAppToken(out.trim(), createAppDirectory(config), now)).ok);
  });
});
