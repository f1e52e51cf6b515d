import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { StreamFramer, TurnServer, transportAddress } from '@pinhole/protocol';
import { nodeCrypto } from '@pinhole/protocol/node-crypto';
import { systemClock } from '../clock.ts';
import type { ProbeResult } from '../transport-probe.ts';
import type { TransportGroup } from '../transports.ts';
import type { Transport } from '../turn-url.ts';
import { createTurnProbe } from './turn-probe.ts';

const HOUR_SECONDS = 3600;

/** Our server core on one real socket: enough of a relay to be probed. It counts how many allocations are open. */
class RelayDouble {
  open = 0;
  readonly #core: TurnServer;
  readonly #waiting = new Set<() => void>();

  constructor() {
    const credential = { appId: 'demo', password: 'p' };
    this.#core = new TurnServer({
      realm: 'test',
      crypto: nodeCrypto,
      nonceKey: new Uint8Array(32).fill(7),
      findCredentials: (username) =>
        username === 'u' ? [{ ...credential, expiresAt: Math.floor(Date.now() / 1000) + HOUR_SECONDS }] : [],
      judgePeer: () => ({ allowed: true }),
    });
  }

  /** Resolves when no allocation is open any more. */
  async released(): Promise<void> {
    while (this.open > 0) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  handle(transport: Transport, port: number, bytes: Uint8Array, send: (bytes: Uint8Array) => void): void {
    const clientAddress = transportAddress('127.0.0.1', port)!;
    const serverAddress = transportAddress('127.0.0.1', 3478)!;
    this.#core.handleMessage(now(), { transport, clientAddress, serverAddress }, bytes);
    this.#perform(send);
  }

  #perform(send: (bytes: Uint8Array) => void): void {
    const wanted: number[] = [];
    for (let action = this.#core.pollAction(); action !== undefined; action = this.#core.pollAction()) {
      if (action.action === 'sendToClient') send(action.bytes);
      else if (action.action === 'openRelay') wanted.push(action.allocation);
      else if (action.action === 'allocationOpened') this.open += 1;
      else if (action.action === 'allocationEnded') {
        this.open -= 1;
        for (const wake of this.#waiting) wake();
      }
    }
    for (const allocation of wanted) {
      const relayedAddress = transportAddress('127.0.0.1', 50_000)!;
      this.#core.handleRelayResult(now(), allocation, { outcome: 'opened', relayedAddress });
      this.#perform(send);
    }
  }
}

function now(): { monotonic: number; unix: number } {
  return { monotonic: performance.now(), unix: Math.floor(Date.now() / 1000) };
}

async function startUdp(t: TestContext, relay: RelayDouble): Promise<number> {
  const socket = createSocket('udp4');
  socket.on('message', (bytes, { port, address }) => {
    relay.handle('udp', port, bytes, (answer) => socket.send(answer, port, address));
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  t.after(() => socket.close());
  return socket.address().port;
}

async function startTcp(t: TestContext, handle: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    t.after(() => socket.destroy());
    handle(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

function group(transport: Transport, urls: string[], credential = 'p'): TransportGroup {
  return { transport, iceServers: [{ urls, username: 'u', credential }] };
}

function probe(target: TransportGroup): Promise<ProbeResult> {
  return new Promise((resolve) => createTurnProbe(systemClock)(target, resolve));
}

test('proves UDP by an allocation, and gives it back', async (t) => {
  const relay = new RelayDouble();
  const url = `turn:127.0.0.1:${await startUdp(t, relay)}?transport=udp`;
  assert.deepEqual(await probe(group('udp', [url])), { works: true, provenUrls: [url] });
  await relay.released();
});

test('proves TCP by an allocation, and gives it back', async (t) => {
  const relay = new RelayDouble();
  const port = await startTcp(t, (socket) => {
    const framer = new StreamFramer();
    socket.on('data', (chunk: Uint8Array) => {
      for (const frame of framer.push(chunk).frames) {
        relay.handle('tcp', socket.remotePort ?? 0, frame, (answer) => socket.write(answer));
      }
    });
  });
  const url = `turn:127.0.0.1:${port}?transport=tcp`;
  assert.deepEqual(await probe(group('tcp', [url])), { works: true, provenUrls: [url] });
  await relay.released();
});

test('of two servers names the one that answers', async (t) => {
  const relay = new RelayDouble();
  const silent = createSocket('udp4').bind(0, '127.0.0.1');
  t.after(() => silent.close());
  await once(silent, 'listening');
  const ports = [silent.address().port, await startUdp(t, relay)];
  const urls = ports.map((port) => `turn:127.0.0.1:${port}?transport=udp`);
  assert.deepEqual(await probe(group('udp', urls)), { works: true, provenUrls: [urls[1]] });
  await relay.released();
});

test('a wrong password is a refusal with the code of the server', async (t) => {
  const port = await startUdp(t, new RelayDouble());
  const result = await probe(group('udp', [`turn:127.0.0.1:${port}?transport=udp`], 'wrong'));
  assert.ok(!result.works && result.refused);
  assert.equal(result.code, 401);
});

test('a closed port, a server that hangs up, and one that speaks something else are failures that say so', async (t) => {
  const rude = await startTcp(t, (socket) => socket.end());
  const telnet = await startTcp(t, (socket) => socket.write(new Uint8Array([0xff, 0xfb, 0x01])));
  // Port 1 (tcpmux) of the loopback address: nothing has listened there for decades.
  const cases = [
    [1, /ECONNREFUSED/],
    [rude, /closed the connection/],
    [telnet, /does not speak TURN/],
  ] as const;
  for (const [port, text] of cases) {
    const result = await probe(group('tcp', [`turn:127.0.0.1:${port}?transport=tcp`]));
    assert.ok(!result.works && !result.refused);
    assert.match(result.text ?? '', text);
  }
});

test('a probe that is closed at once says nothing', async (t) => {
  const port = await startTcp(t, () => {});
  const target = group('tcp', [`turn:127.0.0.1:${port}?transport=tcp`]);
  const running = createTurnProbe(systemClock)(target, () => assert.fail('a closed probe has no result'));
  running.close();
  running.close();
  // Another probe's result comes later than the first one's would have.
  const other = await probe(group('tcp', ['turn:127.0.0.1:1?transport=tcp']));
  assert.equal(other.works, false);
});
