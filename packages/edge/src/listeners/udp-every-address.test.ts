import assert from 'node:assert/strict';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { createPortableDatapath } from '../datapath/portable/portable-datapath.ts';
import { EdgeError } from '../errors.ts';
import { listenUdpEverywhere, systemIps } from './udp-every-address.ts';

const MESSAGE = Buffer.from('000100002112a442000000000000000000000001', 'hex');
const fault = assert.ifError;

test('serves every address of a wildcard, and answers from the one that was asked', async () => {
  const datapath = createPortableDatapath({
    sink: {
      clientMessages: (batch) => datapath.send(batch.map((message) => ({ to: 'client', ...message }))),
      peerDatagrams: () => {},
      peerConnected: () => {},
      clientGone: () => {},
      httpConnection: () => {},
      fault: ({ error }) => fault(error),
    },
    relay: { ip: '127.0.0.1', minPort: 49152, maxPort: 65535 },
    externalIp: '127.0.0.1',
    localIps: () => ['127.0.0.1', '127.0.0.2', '::1', 'fe80::1'],
  });
  const { address } = await datapath.listen({ transport: 'udp', address: { ip: '0.0.0.0', port: 0 } });
  assert.equal(address.ip, '0.0.0.0');
  for (const ip of ['127.0.0.1', '127.0.0.2']) {
    const client = createSocket('udp4');
    const from = await ask(client, ip, address.port);
    assert.deepEqual([from.address, from.port], [ip, address.port]);
    client.close();
  }
  await datapath.close();
});

test('serves the addresses that the machine says it has', async () => {
  const listeners = await listenUdpEverywhere({ bind: { ip: '0.0.0.0', port: 0 }, fault, localIps: systemIps() });
  assert.ok(listeners.some(({ address }) => address.ip === '127.0.0.1'));
  assert.equal(new Set(listeners.map(({ address }) => address.port)).size, 1);
  await Promise.all(listeners.map((listener) => listener.close()));
});

test('takes :: as every IPv6 address, and link-local ones as none', async () => {
  const localIps = ['127.0.0.1', '::1', 'fe80::1', 'fe80::1'];
  const listeners = await listenUdpEverywhere({ bind: { ip: '::', port: 0 }, fault, localIps });
  assert.deepEqual(
    listeners.map(({ address }) => address.ip),
    ['::1'],
  );
  await Promise.all(listeners.map((listener) => listener.close()));
});

test('names the address that cannot be bound, and leaves none of the others open', async () => {
  const localIps = ['127.0.0.1', '127.0.0.2'];
  const taken = createSocket('udp4').bind(0, '127.0.0.2');
  await once(taken, 'listening');
  const { port } = taken.address();
  const everywhere = { ip: '0.0.0.0', port };
  await assert.rejects(listenUdpEverywhere({ bind: everywhere, fault, localIps }), (error) => {
    assert.ok(error instanceof EdgeError);
    assert.match(error.message, new RegExp(`127\\.0\\.0\\.2:${port}`));
    return true;
  });
  taken.close();
  const listeners = await listenUdpEverywhere({ bind: everywhere, fault, localIps });
  assert.equal(listeners.length, 2);
  await Promise.all(listeners.map((listener) => listener.close()));
  const nowhere = listenUdpEverywhere({ bind: { ip: '::', port: 0 }, fault, localIps });
  await assert.rejects(nowhere, /no address of that family/);
});

async function ask(client: Socket, ip: string, port: number): Promise<RemoteInfo> {
  client.send(MESSAGE, port, ip);
  const [bytes, from] = (await once(client, 'message')) as [Buffer, RemoteInfo];
  assert.deepEqual(bytes, MESSAGE);
  return from;
}
