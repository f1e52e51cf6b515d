import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { type Config, parseConfig } from '@pinhole/contract';
import type { TransportAddress } from '@pinhole/protocol';
import { type Edge, type EdgeOptions, startEdge } from './edge.ts';
import { selfSignedIdentity } from './listeners/certificate.test.support.ts';
import { UdpClient } from './udp-client.test.support.ts';

const KEY = 'a secret that is long enough for a test';
const CHANNEL = 0x4001;

function config(live: string): Config {
  const text = `listen: [{ ip: 127.0.0.1, port: 0, transport: udp }]
relay: { ip: 127.0.0.1 }
externalIp: 127.0.0.1
metrics: { port: 0 }
${live}`;
  const parsed = parseConfig({ text, file: 'test' });
  assert.ok(parsed.ok);
  return parsed.config;
}

const MEDIA = 'upstreams: [{ name: sfu, signaling: "http://10.0.0.5", media: [127.0.0.1] }]';
const DEMO = `{ id: demo, secret: "${KEY}", upstreams: [sfu] }`;

describe('a configuration that changes while an allocation lives', () => {
  const peer = createSocket('udp4');
  let edge: Edge;
  let options: EdgeOptions;
  let client: UdpClient;
  let peerAddress: TransportAddress;
  const lines: string[] = [];
  before(async () => {
    await once(peer.bind(0, '127.0.0.1'), 'listening');
    peerAddress = { family: 4, ip: '127.0.0.1', port: peer.address().port };
    const note = (event: string, fields?: object): void => void lines.push(`${event} ${JSON.stringify(fields)}`);
    options = {
      config: config(`apps: [${DEMO}]\n${MEDIA}`),
      externalIp: '127.0.0.1',
      tls: await selfSignedIdentity(),
      web: () => {},
      log: { info: note, warn: note, error: note },
    };
    edge = await startEdge(options);
    client = new UdpClient({ server: edge.listening[0]!.address, credential: { appId: 'demo', key: KEY } });
    assert.equal((await client.learn((turn, now) => turn.allocate(now))).event, 'allocated');
    assert.equal(await bind(), 'channelBound');
  });
  after(async () => {
    client.close();
    peer.close();
    await edge.close();
  });

  const bind = async (): Promise<string | number> => {
    const learned = await client.learn((turn, now) => turn.bindChannel(now, CHANNEL, peerAddress));
    return learned.event === 'failed' ? learned.cause : learned.event;
  };
  const metric = async (name: string): Promise<number> => {
    const [line] = (await edge.metricsText()).split('\n').filter((text) => text.startsWith(`${name} `));
    return Number(line?.split(' ')[1] ?? 0);
  };
  /** Sends over the channel, then waits for the answer to a request that was sent after it. */
  const send = async (text: string): Promise<void> => {
    client.sendOverChannel(CHANNEL, text);
    await client.learn((turn, now) => turn.refresh(now, 600));
  };

  test('a peer that peers.deny closes gets nothing more over its channel, and the allocation goes on', async () => {
    const own = `127.0.0.1:${peerAddress.port}`;
    await send('before');
    await edge.reconfigure(config(`apps: [${DEMO}]\n${MEDIA}\npeers: { deny: ["${own}"] }`));
    await send('after');
    assert.equal(await metric('pinhole_dropped_packets_total{reason="unboundChannel"}'), 1);
    assert.equal(await bind(), 403);
    assert.match(
      lines.at(-1) ?? '',
      new RegExp(`^relay.peer_denied .*"client":"127.0.0.1:\\d+".*"rule":"peers.deny: ${own}"`),
    );
    await edge.reconfigure(config(`apps: [${DEMO}]\n${MEDIA}`));
    assert.equal(await bind(), 'channelBound');
    assert.equal(await metric('pinhole_allocations{app="demo",transport="udp"}'), 1);
  });

  test('an upstream that is taken from the app ends what went there', async () => {
    await edge.reconfigure(config(`apps: [{ id: demo, secret: "${KEY}" }]\n${MEDIA}`));
    assert.equal(await bind(), 403);
    await edge.reconfigure(config(`apps: [${DEMO}]\n${MEDIA}`));
    assert.equal(await bind(), 'channelBound');
  });

  test('an upstream by name and port opens what the name leads to, on that port', async () => {
    const named = MEDIA.replace('127.0.0.1', `"localhost:${peerAddress.port}"`);
    await edge.reconfigure(config(`apps: [${DEMO}]\n${named}`));
    assert.equal(await bind(), 'channelBound');
    const otherPort = MEDIA.replace('127.0.0.1', `"localhost:${peerAddress.port === 9 ? 10 : 9}"`);
    await edge.reconfigure(config(`apps: [${DEMO}]\n${otherPort}`));
    assert.equal(await bind(), 403);
  });

  test('limits hold for what is asked from now on', async () => {
    await edge.reconfigure(config(`apps: [${DEMO}]\n${MEDIA}\nlimits: { allocations: 1 }`));
    const second = new UdpClient({ server: edge.listening[0]!.address, credential: { appId: 'demo', key: KEY } });
    const refused = await second.learn((turn, now) => turn.allocate(now));
    second.close();
    assert.equal(refused.event === 'failed' && refused.cause, 508);
  });

  test('a drain refuses new allocations, names the other server, and is over when the last one ends', async () => {
    const other = await startEdge({ ...options, config: config(`apps: [${DEMO}]\n${MEDIA}`) });
    const server = other.listening[0]!.address;
    const first = new UdpClient({ server, credential: { appId: 'demo', key: KEY } });
    const second = new UdpClient({ server, credential: { appId: 'demo', key: KEY } });
    await first.learn((turn, now) => turn.allocate(now));
    let isOver = false;
    const drained = other.drain().then(() => {
      isOver = true;
    });
    await other.reconfigure(config(`apps: [${DEMO}]\n${MEDIA}\nalternateServer: "127.0.0.1:9"`));
    const refused = await second.learn((turn, now) => turn.allocate(now));
    assert.equal(refused.event === 'failed' && refused.cause, 300);
    assert.equal((await first.learn((turn, now) => turn.refresh(now, 600))).event, 'refreshed');
    assert.ok(!isOver);
    await first.learn((turn, now) => turn.refresh(now, 0));
    await drained;
    first.close();
    second.close();
    await other.close();
  });

  test('an app that is gone takes its allocations along, and its credentials are nothing', async () => {
    await edge.reconfigure(config(`apps: [{ id: other, secret: "${KEY}" }]`));
    assert.equal(await metric('pinhole_allocations{app="demo",transport="udp"}'), 0);
    assert.equal(await metric('pinhole_allocation_ends_total{reason="revoked"}'), 1);
    assert.equal(await metric('pinhole_open_relays'), 0);
    const late = await client.learn((turn, now) => turn.refresh(now, 600));
    assert.equal(late.event === 'failed' && late.cause, 401);
  });
});
