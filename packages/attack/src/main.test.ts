import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const COMMAND = fileURLToPath(new URL('../bin/pinhole-attack.js', import.meta.url));
const PASSWORD = ['--username', 'u', '--password', 'p'];

function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [COMMAND, ...args], { encoding: 'utf8', timeout: 30_000 });
}

test('the command ends with 2 and its usage where it is not told what to attack', () => {
  const { status, stderr, stdout } = run();
  assert.equal(status, 2);
  assert.match(stderr, /^--server is missing\n\nAttacks a TURN server that is yours/);
  assert.equal(stdout, '');
});

test('the command ends with 2 where a peer is no address of this machine', () => {
  const { status, stderr } = run('--server', '127.0.0.1', ...PASSWORD, '--peer', '192.0.2.1:9');
  assert.equal(status, 2);
  assert.match(stderr, /^--peer 192\.0\.2\.1:9 is no free address of this machine/);
});

test('the command ends with 1 and says so in JSON where nothing answers', async () => {
  // Bound and never read from: a port where nobody else can answer.
  const deaf = createSocket('udp4');
  deaf.bind(0, '127.0.0.1');
  await once(deaf, 'listening');
  const { status, stdout } = run(
    '--server',
    '127.0.0.1',
    '--port',
    `${deaf.address().port}`,
    ...PASSWORD,
    '--only',
    '16',
    '--json',
  );
  deaf.close();
  assert.equal(status, 1);
  const [result] = JSON.parse(stdout) as [{ row: number; verdict: string; observed: string }];
  assert.equal(result.row, 16);
  assert.equal(result.verdict, 'fail');
  assert.equal(result.observed, 'the server no longer answers');
});
