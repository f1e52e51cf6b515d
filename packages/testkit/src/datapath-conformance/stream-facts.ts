import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { encodeChannelData } from '@pinhole/protocol';
import type { StreamEnd } from './ends.ts';
import { bindingRequest, bytesOf } from './packets.ts';
import type { OpenBench } from './suite.ts';
import { until } from './until.ts';

export function streamFacts(open: OpenBench): void {
  test('puts a message together that comes byte by byte', async () => {
    await using bench = await open();
    const client = await bench.client('tcp');
    for (const byte of bindingRequest(1)) client.send(Uint8Array.of(byte));
    assert.deepEqual((await bench.sink.messages.next()).bytes, bindingRequest(1));
  });

  test('takes 64 messages of one segment in their order', async () => {
    await using bench = await open();
    const client = await bench.client('tcp');
    const marks = Array.from({ length: 64 }, (_, mark) => mark);
    client.send(Buffer.concat(marks.map((mark) => bindingRequest(mark))));
    for (const mark of marks) assert.equal((await bench.sink.messages.next()).bytes[19], mark);
  });

  test('ends a stream that loses its framing, and reports the client as gone', async () => {
    await using bench = await open();
    const { end, fiveTuple } = await bench.relayed('tcp');
    end.send(Uint8Array.of(0xff, 0xff, 0xff, 0xff));
    assert.deepEqual(await bench.sink.gone.next(), fiveTuple);
    assert.equal(bench.datapath.counters().endedStreams.badFraming, 1);
    assert.equal(bench.datapath.counters().clientStreams, 0);
  });

  test('ends a stream whose STUN length is 0xFFFF, which no message can have', async () => {
    await using bench = await open();
    const client = (await bench.client('tcp')) as StreamEnd;
    client.send(bindingRequest().fill(0xff, 2, 4));
    await once(client.socket, 'close');
    assert.equal(bench.sink.messages.count, 0);
  });

  for (const transport of ['tcp', 'tls'] as const) {
    test(`reports a client whose ${transport} stream ends or breaks as gone, once`, async () => {
      await using bench = await open();
      const ended = await bench.relayed(transport);
      (ended.end as StreamEnd).socket.end();
      assert.deepEqual(await bench.sink.gone.next(), ended.fiveTuple);
      const broken = await bench.relayed(transport);
      broken.end.close();
      assert.deepEqual(await bench.sink.gone.next(), broken.fiveTuple);
      assert.equal(bench.sink.gone.count, 0);
      assert.deepEqual(bench.sink.faults, []);
    });
  }

  test('counts what peers send to a stream that has gone', async () => {
    await using bench = await open();
    const client = await bench.relayed('tcp');
    const peer = await bench.peer();
    bench.permit(client, '127.0.0.1');
    bench.bindChannel(client, 0x4000, peer.address);
    client.end.close();
    await bench.sink.gone.next();
    peer.send(bytesOf('too late'), client.relayedAddress);
    await until('the drop was counted', () => bench.datapath.counters().dropped.clientGone === 1);
  });

  test('pads ChannelData to 32 bits on streams and not on UDP', async () => {
    for (const [transport, byteLength] of [
      ['tcp', 12],
      ['tls', 12],
      ['udp', 9],
    ] as const) {
      await using bench = await open();
      const client = await bench.relayed(transport);
      const peer = await bench.peer();
      bench.permit(client, '127.0.0.1');
      bench.bindChannel(client, 0x4000, peer.address);
      peer.send(bytesOf('12345'), client.relayedAddress);
      const message = await client.end.received.next();
      assert.deepEqual(Uint8Array.from(message), encodeChannelData(0x4000, bytesOf('12345'), { padded: false }));
      const received = transport === 'udp' ? message.length : (client.end as StreamEnd).receivedByteLength();
      assert.equal(received, byteLength);
    }
  });

  test('ends every stream and frees every port when it closes', async () => {
    await using bench = await open();
    const client = await bench.relayed('tls');
    const ended = once((client.end as StreamEnd).socket, 'close');
    await bench.datapath.close();
    await ended;
    await using next = await open();
    const address = await bench.listen('mux');
    await next.datapath.listen({ transport: 'mux', address });
    await next.datapath.close();
  });
}
