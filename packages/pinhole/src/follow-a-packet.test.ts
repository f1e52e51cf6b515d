// The three ways through Pinhole that docs/follow-a-packet.md describes, walked on the whole product in this process:
// real sockets on loopback, and in each room a look at what it saw.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { createProxy } from '@pinhole/client';
import { type ProxySession, proxySessionSchema } from '@pinhole/contract';
import { createAppDirectory, signAppToken } from '@pinhole/control';
import { startEdge } from '@pinhole/edge';
import { StreamFramer, type TransportAddress, TurnClient, type TurnClientEvent } from '@pinhole/protocol';
import { nodeCrypto } from '@pinhole/protocol/node-crypto';
import { type LoadedConfig, loadConfig } from './config/load-config.ts';
import { type Running, up } from './up.ts';

const SECRET = 'a secret that is long enough for a test';
const CHANNEL = 0x4001;

const dataDir = mkdtempSync(join(tmpdir(), 'pinhole-follow-'));
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const upstream = createServer((request, response) => response.end(`${request.method} ${request.url}`));
const peer = createSocket('udp4');
let product: Running;
let server: string;
let token: string;

before(async () => {
  upstream.listen(0, '127.0.0.1');
  peer.bind(0, '127.0.0.1');
  await Promise.all([once(upstream, 'listening'), once(peer, 'listening')]);
  peer.on('message', (message, { address, port }) =>
    peer.send(Buffer.concat([Buffer.from('echo '), message]), port, address),
  );

  const { config } = productConfig();
  product = await up({ config, log: quiet, startEdge });
  server = `http://127.0.0.1:${muxPort()}`;
  const app = createAppDirectory(config).find('demo');
  assert.ok(app);
  token = await signAppToken(app, { sub: 'ward-7', ttlSeconds: 600, now: Math.floor(Date.now() / 1000) });
});

after(async () => {
  await product.close();
  upstream.close();
  peer.close();
  rmSync(dataDir, { recursive: true });
});

test('1. a packet: from the one port through TLS, codec, core, policy, driver and datapath to the peer, and back', async () => {
  const session = await openSession();
  const [ice] = session.regions[0]?.iceServers ?? [];
  assert.ok(ice);
  const client = await TestClient.connect(muxPort(), { username: ice.username, password: ice.credential });
  const peerAddress: TransportAddress = { family: 4, ip: '127.0.0.1', port: peer.address().port };

  // listeners, demux: TLS by its first byte, TURN by the first byte inside.
  client.turn.allocate(client.now());
  const allocated = await client.next('allocated');
  assert.match(await metrics(), /^pinhole_client_streams 1$/m);

  // codec and core: the first Allocate was challenged, the second believed; the client's own address came through TLS.
  assert.equal(allocated.mappedAddress?.port, client.localPort);
  assert.equal(allocated.relayedAddress.ip, '127.0.0.1');
  assert.match(await metrics(), /^pinhole_auth_failures_total\{reason="noIntegrity"\} 1$/m);
  assert.match(await metrics(), /^pinhole_allocations\{app="demo",transport="tls"\} 1$/m);

  // policy: an address that is no upstream's is refused by the default.
  client.turn.createPermission(client.now(), [{ family: 4, ip: '127.0.0.2', port: 9 }]);
  assert.equal((await client.next('failed')).cause, 403);
  assert.match(await metrics(), /^pinhole_denied_peers_total 1$/m);

  // driver: the permission goes down as a rule, a Send indication out of the relayed address, the answer up again.
  client.turn.createPermission(client.now(), [peerAddress]);
  await client.next('permitted');
  client.turn.sendIndication(peerAddress, Buffer.from('by indication'));
  assert.equal(text(await client.next('data')), 'echo by indication');

  // datapath: once a channel is bound, nothing else sees the packets.
  client.turn.bindChannel(client.now(), CHANNEL, peerAddress);
  await client.next('channelBound');
  client.turn.sendChannelData(CHANNEL, Buffer.from('by channel'));
  assert.equal(text(await client.next('data')), 'echo by channel');
  assert.match(await metrics(), /^pinhole_relay_packets_total\{direction="tx",side="peer"\} 2$/m);
  assert.match(await metrics(), /^pinhole_relay_packets_total\{direction="tx",side="client"\} 2$/m);

  // and the end: the relayed address is gone, and counted as given back.
  client.turn.refresh(client.now(), 0);
  await client.next('refreshed');
  assert.match(await metrics(), /^pinhole_allocation_ends_total\{reason="refreshedToZero"\} 1$/m);
  assert.match(await metrics(), /^pinhole_open_relays 0$/m);
  client.close();
});

test('2. a request: a token becomes a proxy session, and its ticket opens the gateway to the upstream', async () => {
  const session = await openSession();
  const base = session.regions[0]?.gateway.base;
  assert.match(String(base), /^\/g\//);
  const answer = await fetch(`${server}${base}/janus/info?x=1`, { method: 'POST', body: 'hello' });
  assert.equal(await answer.text(), 'POST /info?x=1');

  const refused = await fetch(`${server}${base}/elsewhere/`);
  assert.equal(refused.status, 404);
  assert.equal(((await refused.json()) as { code: string }).code, 'gateway.upstream_unknown');
});

test('3. a client: one call, and the SDK says what it tried, what won, and where the app should connect', async () => {
  const proxy = createProxy({ server, app: 'demo', token, transport: 'udp' });
  await proxy.start();
  assert.deepEqual(
    proxy.tried.map(({ what, outcome }) => `${what} ${outcome}`),
    ['session works', 'udp works'],
  );
  assert.equal(proxy.rtcConfiguration.iceTransportPolicy, 'relay');
  assert.match(proxy.signalingUrl('wss://sfu.example.com/janus'), /^ws:\/\/127\.0\.0\.1:\d+\/g\/[^/]+\/janus\/janus$/);
  await proxy.stop();
});

function productConfig(): LoadedConfig {
  const { port } = upstream.address() as AddressInfo;
  const signaling = `http://127.0.0.1:${port}`;
  const janus = { name: 'janus', signaling, media: ['127.0.0.1'], origins: ['wss://sfu.example.com'] };
  const set = [
    'externalIp=127.0.0.1',
    'relay.ip=127.0.0.1',
    'listen=[{ip: 127.0.0.1, port: 0, transport: udp}, {ip: 127.0.0.1, port: 0, transport: mux}]',
    'metrics={ip: 127.0.0.1, port: 0}',
    `dataDir=${dataDir}`,
    `apps=${JSON.stringify([{ id: 'demo', secret: SECRET, upstreams: ['janus'] }])}`,
    `upstreams=${JSON.stringify([janus])}`,
  ];
  return loadConfig({ set, env: {} });
}

async function openSession(): Promise<ProxySession> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(`${server}/v1/proxy/session`, { method: 'POST', headers, body: '{}' });
  assert.equal(answer.status, 201);
  return proxySessionSchema.parse(await answer.json());
}

function muxPort(): number {
  return Number(new URL(String(product.server)).port);
}

async function metrics(): Promise<string> {
  return (await fetch(product.metrics)).text();
}

function text({ bytes }: { readonly bytes: Uint8Array }): string {
  return Buffer.from(bytes).toString();
}

/** The sans-IO TURN client of the protocol package on a TLS connection. */
class TestClient {
  readonly turn: TurnClient;
  readonly #socket: TLSSocket;
  readonly #events: TurnClientEvent[] = [];

  private constructor(socket: TLSSocket, credential: { username: string; password: string }) {
    this.#socket = socket;
    this.turn = new TurnClient({ transport: 'stream', credential, crypto: nodeCrypto });
    const framer = new StreamFramer();
    socket.on('data', (chunk) => {
      for (const frame of framer.push(chunk).frames) {
        this.turn.handleMessage(this.now(), frame);
        for (let event = this.turn.pollEvent(); event !== undefined; event = this.turn.pollEvent()) {
          // The bytes of an event last until the next input only.
          this.#events.push(event.event === 'data' ? { ...event, bytes: event.bytes.slice() } : event);
        }
        this.#transmit();
      }
      socket.emit('turn');
    });
  }

  static async connect(port: number, credential: { username: string; password: string }): Promise<TestClient> {
    // The certificate is the development one; that it is trusted where it should be is a browser's test.
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    return new TestClient(socket, credential);
  }

  get localPort(): number | undefined {
    return this.#socket.localPort;
  }

  now(): number {
    return performance.now();
  }

  async next<E extends TurnClientEvent['event']>(event: E): Promise<Extract<TurnClientEvent, { event: E }>> {
    this.#transmit();
    while (this.#events.length === 0) await once(this.#socket, 'turn');
    const next = this.#events.shift();
    assert.equal(next?.event, event);
    return next as Extract<TurnClientEvent, { event: E }>;
  }

  close(): void {
    this.#socket.destroy();
  }

  #transmit(): void {
    for (let bytes = this.turn.pollTransmit(); bytes !== undefined; bytes = this.turn.pollTransmit()) {
      this.#socket.write(bytes);
    }
  }
}
