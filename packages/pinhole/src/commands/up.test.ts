import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const LAUNCHER = fileURLToPath(new URL('../../bin/pinhole.js', import.meta.url));
const LOOPBACK_ONLY = [
  '--set=listen=[{ip: 127.0.0.1, port: 0, transport: udp}, {ip: 127.0.0.1, port: 0, transport: mux}]',
  '--set=relay.ip=127.0.0.1',
  '--set=externalIp=127.0.0.1',
  '--set=metrics.port=0',
];

interface ReadyLine {
  readonly ready: true;
  readonly seconds: number;
  readonly demoPage: string;
  readonly metrics: string;
}

describe('pinhole up', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'pinhole-test-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const start = (...args: readonly string[]): ChildProcess =>
    spawn(process.execPath, [LAUNCHER, 'up', '--json', ...LOOPBACK_ONLY, ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH },
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  const ready = async (child: ChildProcess): Promise<ReadyLine> => {
    const [line] = await once(createInterface({ input: child.stdout! }), 'line');
    return JSON.parse(String(line)) as ReadyLine;
  };

  it('serves until SIGTERM, then ends with 0; the second start is ready within 2 s', async () => {
    for (const round of ['first', 'second']) {
      const child = start();
      const { demoPage, metrics, seconds } = await ready(child);
      assert.equal(await (await fetch(new URL('/healthz', demoPage))).text(), 'ok\n');
      assert.match(await (await fetch(metrics)).text(), /^# HELP pinhole_/m);
      assert.equal((await fetch(new URL('/readyz', metrics))).status, 200);
      child.kill('SIGTERM');
      assert.deepEqual(await once(child, 'exit'), [0, null]);
      if (round === 'second') assert.ok(seconds < 2, `ready after ${seconds} s`);
    }
  });

  it('ends when its launcher is killed, and a restart answers at once on the same port', async () => {
    const first = start();
    const { demoPage } = await ready(first);
    first.kill('SIGKILL');
    // The pipe ends when both processes have ended: the launcher and what it launched.
    await once(first.stdout!.resume(), 'end');
    const second = start(`--set=listen.1.port=${new URL(demoPage).port}`);
    await ready(second);
    assert.equal((await fetch(new URL('/healthz', demoPage))).status, 200);
    second.kill('SIGINT');
    assert.deepEqual(await once(second, 'exit'), [0, null]);
  });

  it('reads its configuration again on SIGHUP, tells the difference, and goes on where the new one is wrong', async () => {
    const file = join(folder, 'pinhole.yaml');
    const secret = 'a-secret-of-thirty-two-characters';
    writeFileSync(file, `apps: [{ id: demo, secret: ${secret} }]\n`);
    const child = start(`--config=${file}`, '--log-format=json');
    const lines = createInterface({ input: child.stderr! })[Symbol.asyncIterator]();
    const told = async (until: string): Promise<string> => {
      const all: string[] = [];
      while (!all.at(-1)?.includes(until)) all.push(String((await lines.next()).value));
      return all.join('\n');
    };
    const { metrics } = await ready(child);
    writeFileSync(file, `apps: [{ id: demo, secret: ${secret}-new }, { id: two, secret: ${secret} }]\nrealm: other\n`);
    child.kill('SIGHUP');
    const difference = await told('config.reloaded');
    assert.match(difference, /^ {2}apps\.demo\.secret: changed$/m);
    assert.match(difference, /^ {2}apps\.two\.id: added "two"$/m);
    assert.match(difference, /^! realm: "pinhole" -> "other" \(needs a restart; stays as it was\)$/m);
    assert.ok(!difference.includes(secret));
    writeFileSync(file, 'apps: [{ id: demo }]\n');
    child.kill('SIGHUP');
    assert.match(await told('config.reload_refused'), /pinhole\.yaml:1:8 apps\.0\.secret: is missing/);
    assert.equal((await fetch(new URL('/readyz', metrics))).status, 200);
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });

  it('drains on SIGUSR2 and ends with 0 where there is no allocation to wait for', async () => {
    const child = start('--log-format=json');
    const told = child.stderr!.setEncoding('utf8').toArray();
    await ready(child);
    child.kill('SIGUSR2');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
    assert.match((await told).join(''), /"reason":"drained: empty".*"event":"pinhole.stopping"/);
  });

  it('ends with 1 and one line where a port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const child = start(`--set=listen.1.port=${port}`);
    const [text, [exitCode]] = await Promise.all([
      child.stdout!.setEncoding('utf8').toArray(),
      once(child, 'exit'),
      child.stderr!.resume(),
    ]);
    await new Promise((resolve) => other.close(resolve));
    const { error } = JSON.parse(text.join(''));
    assert.equal(exitCode, 1);
    assert.match(
      error.message,
      new RegExp(`^TCP port ${port} on 127\\.0\\.0\\.1 is taken by .*: --set listen\\.1\\.port=${port + 1}$`),
    );
  });
});
