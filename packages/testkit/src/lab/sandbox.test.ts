import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readlinkSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { SOURCE_FLAGS } from './inside-program.ts';
import { Lab } from './lab.ts';
import { processesSharingPidNamespaceOf } from './process-tree.ts';

const skip = Lab.unavailable() ?? false;

const OWNER = `
  import { Lab } from ${JSON.stringify(new URL('./lab.ts', import.meta.url).href)};
  const lab = await Lab.create({ profile: 'open' });
  for (const host of ['corp', 'fw', 'dmz', 'cloud']) {
    const child = lab.spawn(host, 'sh', ['-c', 'trap "" TERM HUP INT; (sleep 600 &) ; echo up; sleep 600']);
    await child.line(/up/, 5000);
  }
  console.log(lab.pid);
`;

/** Waits for something that the kernel does on its own and announces to nobody. */
async function eventually(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 5000;
  while (!holds()) {
    assert.ok(performance.now() < deadline, what);
    await delay(10);
  }
}

test('kill -9 of the owner leaves no process, no namespace and no interface', { skip }, async () => {
  const before = await linksOfThisMachine();
  const owner = spawn(process.execPath, [...SOURCE_FLAGS, '--input-type=module-typescript', '-e', OWNER], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: owner.stdout }), 'line')) as [string];
  const lab = Number(line);
  const inside = processesSharingPidNamespaceOf(lab);
  assert.ok(inside.length >= 9, `init and two processes on each host live inside, found ${inside.length}`);
  assert.notEqual(readlinkSync(`/proc/${lab}/ns/net`), readlinkSync('/proc/self/ns/net'));

  owner.kill('SIGKILL');
  await once(owner, 'exit');

  await eventually('every process of the lab ends', () => inside.every((pid) => !existsSync(`/proc/${pid}`)));
  assert.equal(existsSync('/run/netns/corp'), false, 'named namespaces never reach this machine');
  assert.equal(await linksOfThisMachine(), before);
});

test('a lab that cannot be built says why', { skip }, async () => {
  const { Sandbox } = await import('./sandbox.ts');
  await assert.rejects(Sandbox.create(['echo no such device >&2; exit 3']), /exit code 3.*no such device/);
});

async function linksOfThisMachine(): Promise<string> {
  const child = spawn('ip', ['-brief', 'link'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk;
  });
  await once(child, 'close');
  return text;
}
