import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { test } from 'node:test';
import { encodeMessageType, METHOD_CONNECTION_BIND, type TransportAddress } from '@pinhole/protocol';
import type { Bench, RelayedClient } from './bench.ts';
import type { StreamEnd } from './ends.ts';
import { bindingRequest, bytesOf, largeAnswer } from './packets.ts';
import type { OpenBench } from './suite.ts';
import { until } from './until.ts';

/** RFC 6062: relayed connections instead of datagrams. */
export function tcpRelayFacts(open: OpenBench): void {
  test('connects to a peer, and says no where nobody listens or the relay is gone', async () => {
    await using bench = await open();
    await using peer = await TcpPeer.listen();
    const client = await bench.relayed('tcp', { relayTransport: 'tcp' });
    const accepted = peer.next();
    assert.equal(await bench.datapath.connectPeer(client.relay, peer.address), true);
    assert.equal((await accepted).remoteAddress, '127.0.0.1');
    await peer.close();
    bench.datapath.apply([{ change: 'closePeer', relay: client.relay, peer: peer.address }]);
    await until('the old one has ended', () => peer.sockets.every(({ readableEnded }) => readableEnded));
    assert.equal(await bench.datapath.connectPeer(client.relay, peer.address), false);
    bench.datapath.apply([{ change: 'closeRelay', relay: client.relay }]);
    assert.equal(await bench.datapath.connectPeer(client.relay, peer.address), false);
    assert.equal(bench.datapath.counters().openRelays, 0);
  });

  test('closes at once what a peer without a permission connects, and reports the peer that has one', async () => {
    await using bench = await open();
    const client = await bench.relayed('tcp', { relayTransport: 'tcp' });
    const stranger = connectTo(client.relayedAddress);
    await once(stranger, 'close');
    assert.equal(bench.datapath.counters().endedStreams.peerNotPermitted, 1);
    assert.equal(bench.sink.connected.count, 0);
    bench.permit(client, '127.0.0.1', bench.now + 1);
    const peer = connectTo(client.relayedAddress);
    const { peer: reported, relay } = await bench.sink.connected.next();
    assert.deepEqual([reported.port, relay], [peer.localPort, client.relay]);
    bench.now += 1;
    await once(connectTo(client.relayedAddress), 'close');
    peer.destroy();
  });

  for (const transport of ['tcp', 'tls'] as const) {
    test(`joins a ${transport} stream with a peer, behind its answer, with what came behind the request`, async () => {
      await using bench = await open();
      await using peer = await TcpPeer.listen();
      const { relay, end } = await connected(bench, peer);
      const data = (await bench.client(transport)) as StreamEnd;
      const received = collect(data.socket);
      const atPeer = collect(await peer.next());
      // All in one segment: what follows is no TURN, and begins like a broken frame.
      bench.sink.onMessage = ({ fiveTuple, bytes }) => {
        if (bytes[1] !== 0x0b) return;
        bench.datapath.send([{ to: 'client', fiveTuple, bytes: largeAnswer(4) }]);
        bench.datapath.joinPeer(relay, peer.address, fiveTuple);
      };
      data.send(Buffer.concat([connectionBind(), bytesOf('\xff first')]));
      await until('the peer has it', () => atPeer().equals(Buffer.from(bytesOf('\xff first'))));
      peer.sockets[0]?.write('back');
      const expected = Buffer.concat([largeAnswer(4), bytesOf('back')]);
      await until('the client has both', () => received().equals(expected));
      const { fromClients, toPeers, fromPeers, toClients } = bench.datapath.counters();
      await until('all is counted', () => toClients.bytes === 4);
      assert.deepEqual([fromClients.bytes, toPeers.bytes, fromPeers.bytes], [8, 8, 4]);
      assert.equal(fromClients.packets + toPeers.packets + fromPeers.packets + toClients.packets, 0);
      end.close();
    });
  }

  test('moves megabytes each way at once with none lost, and ends in order', async () => {
    await using bench = await open();
    await using peer = await TcpPeer.listen();
    const { data, atPeer } = await joined(bench, peer);
    const bytes = Buffer.alloc(8 * 1024 * 1024, 'pinhole');
    const received = collect(data.socket);
    const receivedByPeer = collect(atPeer);
    data.socket.end(bytes);
    atPeer.end(bytes);
    await until('both have all', () => received().length >= bytes.length && receivedByPeer().length >= bytes.length);
    assert.ok(received().equals(bytes) && receivedByPeer().equals(bytes));
    assert.deepEqual((await bench.sink.gone.next()).clientAddress.port, data.address.port);
  });

  test('reads no more from a peer than the client takes', async () => {
    await using bench = await open();
    await using peer = await TcpPeer.listen();
    const { data, atPeer } = await joined(bench, peer);
    data.socket.pause();
    for (let megabyte = 0; megabyte < 48; megabyte += 1) atPeer.write(Buffer.alloc(1024 * 1024));
    const { fromPeers } = bench.datapath.counters();
    let before = -1;
    await until('it stands still', () => {
      const stands = fromPeers.bytes === before && atPeer.writableLength > 0;
      before = fromPeers.bytes;
      return stands;
    });
    assert.ok(fromPeers.bytes < 48 * 1024 * 1024);
    data.socket.resume();
    await until('it goes on', () => atPeer.writableLength === 0);
  });

  test('ends both where one breaks, and every joined stream with its relay', async () => {
    await using bench = await open();
    await using peer = await TcpPeer.listen();
    const first = await joined(bench, peer);
    const ended = once(first.data.socket, 'close');
    first.atPeer.resetAndDestroy();
    await ended;
    await using other = await TcpPeer.listen();
    const second = await joined(bench, other);
    const closed = Promise.all([once(second.data.socket, 'close'), once(second.atPeer.resume(), 'end')]);
    bench.datapath.apply([{ change: 'closeRelay', relay: second.client.relay }]);
    await closed;
  });

  test('ends a stream that is to be joined with a connection that has gone', async () => {
    await using bench = await open();
    await using peer = await TcpPeer.listen();
    const client = await bench.relayed('tcp', { relayTransport: 'tcp' });
    const { end, fiveTuple } = await streamOf(bench);
    const closed = once(end.socket, 'close');
    bench.datapath.joinPeer(client.relay, peer.address, fiveTuple);
    await closed;
  });

  test('names a relay of ours by its relayed address where it connects to another', async () => {
    await using bench = await open();
    const one = await bench.relayed('tcp', { relayTransport: 'tcp' });
    const other = await bench.relayed('tcp', { relayTransport: 'tcp' });
    bench.permit(other, '127.0.0.1');
    assert.equal(await bench.datapath.connectPeer(one.relay, other.relayedAddress), true);
    assert.deepEqual(await bench.sink.connected.next(), { relay: other.relay, peer: one.relayedAddress });
  });

  test('lets the bytes beyond the bandwidth wait', async () => {
    await using bench = await open();
    await using peer = await TcpPeer.listen();
    bench.datapath.setLimits({ bytesPerSecondPerAllocation: 65_536 });
    const { data, atPeer } = await joined(bench, peer);
    const received = collect(atPeer);
    data.socket.write(Buffer.alloc(3 * 65_536));
    await until(
      'a second is used up',
      () => received().length > 0 && bench.datapath.counters().fromClients.bytes > received().length,
    );
    assert.ok(received().length <= 65_536);
    await until('all of it has come', () => {
      bench.now += 100;
      return received().length === 3 * 65_536;
    });
    assert.equal(bench.datapath.counters().dropped.rateLimited, 0);
  });
}

interface Joined {
  readonly client: RelayedClient;
  readonly data: StreamEnd;
  readonly atPeer: Socket;
}

async function joined(bench: Bench, peer: TcpPeer): Promise<Joined> {
  const client = await connected(bench, peer);
  const { end: data, fiveTuple } = await streamOf(bench);
  bench.datapath.joinPeer(client.relay, peer.address, fiveTuple);
  return { client, data, atPeer: await peer.next() };
}

async function connected(bench: Bench, peer: TcpPeer): Promise<RelayedClient> {
  const client = await bench.relayed('tcp', { relayTransport: 'tcp' });
  assert.equal(await bench.datapath.connectPeer(client.relay, peer.address), true);
  return client;
}

/** A client's stream that the datapath knows to be TURN. */
async function streamOf(bench: Bench): Promise<{ end: StreamEnd; fiveTuple: RelayedClient['fiveTuple'] }> {
  const end = (await bench.client('tcp')) as StreamEnd;
  end.send(bindingRequest());
  const { fiveTuple } = await bench.sink.messages.next();
  return { end, fiveTuple };
}

function connectionBind(): Uint8Array {
  const message = bindingRequest();
  new DataView(message.buffer).setUint16(0, encodeMessageType('request', METHOD_CONNECTION_BIND));
  return message;
}

function connectTo({ ip, port }: TransportAddress): Socket {
  return connect(port, ip)
    .on('error', () => {})
    .resume();
}

function collect(socket: Socket): () => Buffer {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks);
}

/** A peer that waits for connections. */
class TcpPeer implements AsyncDisposable {
  readonly sockets: Socket[] = [];
  readonly address: TransportAddress;
  readonly #server: Server;
  #taken = 0;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.address = { family: 4, ip: '127.0.0.1', port };
    server.on('connection', (socket) => {
      socket.on('error', () => {});
      this.sockets.push(socket);
    });
  }

  static async listen(): Promise<TcpPeer> {
    const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('No port.');
    return new TcpPeer(server, address.port);
  }

  async next(): Promise<Socket> {
    await until('the relay connected', () => this.sockets.length > this.#taken);
    this.#taken += 1;
    return this.sockets[this.#taken - 1] as Socket;
  }

  async close(): Promise<void> {
    this.#server.close();
    for (const socket of this.sockets) socket.resume();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const socket of this.sockets) socket.destroy();
  }
}
