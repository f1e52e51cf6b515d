import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Told } from './descriptor-exhaustion.test.support.ts';

const DESCRIPTORS = 64;
const CONNECTIONS = 120;
const PROGRAM = fileURLToPath(new URL('descriptor-exhaustion.test.support.ts', import.meta.url));
const MESSAGE = Buffer.from('000100002112a442000000000000000000000001', 'hex');

// Windows has no such limit per process.
const skip = process.platform === 'win32' && 'needs ulimit';

test('survives the end of its descriptors: closes what it cannot hold, answers 508, and serves again', {
  skip,
}, async () => {
  const relay = spawn('/bin/sh', ['-c', `ulimit -n ${DESCRIPTORS} && exec "$0" "$@"`, process.execPath, ...ARGUMENTS], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const clients: Socket[] = [];
  try {
    const { port } = (await told(relay)) as { port: number };
    const closed = await openMany(clients, port);
    assert.ok(closed > CONNECTIONS - DESCRIPTORS && closed < CONNECTIONS, `${closed} closed`);
    const survivors = clients.filter(({ destroyed }) => !destroyed);
    await assertAnswered(survivors[0]!);

    relay.send('open');
    const faultAndOutcome = [await told(relay), await told(relay)];
    assert.deepEqual(faultAndOutcome[1], { outcome: 'noPorts' });
    assert.match(JSON.stringify(faultAndOutcome[0]), /EMFILE/);

    for (const client of survivors) client.destroy();
    await assertAnswered(await openOne(clients, port));
    relay.send('open');
    assert.equal(((await told(relay)) as { outcome: string }).outcome, 'opened');
  } finally {
    for (const client of clients) client.destroy();
    relay.kill('SIGKILL');
  }
});

/** As this process runs TypeScript, but without the test runner. */
const ARGUMENTS = [...process.execArgv.filter((flag) => !flag.startsWith('--test')), PROGRAM];

async function told(relay: ChildProcess): Promise<Told> {
  const [message] = await once(relay, 'message');
  return message as Told;
}

/** Opens connections until each was answered or closed; gives how many were closed. */
async function openMany(clients: Socket[], port: number): Promise<number> {
  const opened = Array.from({ length: CONNECTIONS }, () => open(clients, port));
  const served = await Promise.all(opened.map(isServed));
  return served.filter((isOne) => !isOne).length;
}

/** The relay notices a moment later that descriptors are free. */
async function openOne(clients: Socket[], port: number): Promise<Socket> {
  for (;;) {
    const client = open(clients, port);
    if (await isServed(client)) return client;
  }
}

function open(clients: Socket[], port: number): Socket {
  const client = connect(port, '127.0.0.1').on('error', () => {});
  clients.push(client);
  client.write(MESSAGE);
  return client;
}

function isServed(client: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    client.once('data', () => resolve(true));
    client.once('close', () => resolve(false));
  });
}

async function assertAnswered(client: Socket): Promise<void> {
  client.write(MESSAGE);
  const [answer] = await once(client, 'data');
  assert.deepEqual(answer, MESSAGE);
}
