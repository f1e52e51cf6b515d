import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import { LINGER, tunnel } from './tunnel.ts';

/** One end of a connection, whose other end is the test. */
class Conversation extends Duplex {
  readonly heard: string[] = [];
  /** Writes wait for this, as they do for a slow reader. */
  isHeldUp = false;
  #waiting: (() => void) | undefined;

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.heard.push(String(chunk));
    if (this.isHeldUp) this.#waiting = done;
    else done();
  }

  letGo(): void {
    this.isHeldUp = false;
    this.#waiting?.();
  }

  setTimeout(): void {}

  setKeepAlive(): void {}
}

function joined(): { client: Conversation; upstream: Conversation } {
  const client = new Conversation();
  const upstream = new Conversation();
  tunnel(client as unknown as Socket, upstream as unknown as Socket);
  return { client, upstream };
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test('lets the last words of a side that ended reach a slow reader, and then ends both', async () => {
  const { client, upstream } = joined();
  client.isHeldUp = true;
  upstream.push('last words');
  upstream.push(null);
  upstream.end();
  await once(upstream, 'close');
  await turn();
  assert.equal(client.destroyed, false);
  client.letGo();
  await once(client, 'close');
  assert.deepEqual(client.heard, ['last words']);
});

test('ends both at once where one breaks, whatever waits', async () => {
  const { client, upstream } = joined();
  client.isHeldUp = true;
  upstream.push('words');
  await turn();
  upstream.destroy(new Error('reset'));
  await turn();
  assert.equal(client.destroyed, true);
});

test('gives a side 10 s to end after the other has', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { client, upstream } = joined();
  upstream.push(null);
  await once(upstream, 'end');
  client.push('still talking');
  await turn();
  assert.deepEqual(upstream.heard, ['still talking']);
  context.mock.timers.tick(LINGER - 1);
  assert.equal(client.destroyed, false);
  context.mock.timers.tick(1);
  assert.equal(client.destroyed, true);
  assert.equal(upstream.destroyed, true);
});

test('reads no more from one side than the other takes', async () => {
  const { client, upstream } = joined();
  client.isHeldUp = true;
  for (let part = 0; part < 50; part += 1) upstream.push('x'.repeat(10_000));
  await turn();
  assert.ok(client.writableLength <= 2 * client.writableHighWaterMark);
  assert.ok(upstream.readableLength > 0);
  client.destroy();
  await once(upstream, 'close');
});
