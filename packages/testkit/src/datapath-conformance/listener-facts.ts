import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EdgeError } from '@pinhole/edge';
import type { ClientTransport } from '@pinhole/protocol';
import { bindingRequest, bytesOf } from './packets.ts';
import type { OpenBench } from './suite.ts';
import { until } from './until.ts';

const TRANSPORTS: readonly ClientTransport[] = ['udp', 'tcp', 'tls'];

export function listenerFacts(open: OpenBench): void {
  for (const transport of TRANSPORTS) {
    test(`hands up a STUN message over ${transport} with the client's own address`, async () => {
      await using bench = await open();
      const client = await bench.client(transport);
      client.send(bindingRequest(7));
      const { fiveTuple, bytes } = await bench.sink.messages.next();
      assert.deepEqual(bytes, bindingRequest(7));
      assert.equal(fiveTuple.transport, transport);
      assert.deepEqual(fiveTuple.clientAddress, client.address);
      const serverAddress = await bench.listen(transport === 'tls' ? 'mux' : transport);
      assert.deepEqual(fiveTuple.serverAddress, serverAddress);
    });

    test(`sends a message to a client over ${transport}, whatever becomes of the bytes afterwards`, async () => {
      await using bench = await open();
      const client = await bench.client(transport);
      client.send(bindingRequest());
      const { fiveTuple } = await bench.sink.messages.next();
      const answer = bindingRequest(9);
      bench.datapath.send([{ to: 'client', fiveTuple, bytes: answer }]);
      answer.fill(0xff);
      assert.deepEqual(Uint8Array.from(await client.received.next()), bindingRequest(9));
    });
  }

  for (const transport of ['udp', 'tcp'] as const) {
    test(`refuses a ${transport} port that is taken with an error that names it`, async () => {
      await using bench = await open();
      const address = await bench.listen(transport);
      await assert.rejects(bench.datapath.listen({ transport, address }), (error) => {
        assert.ok(error instanceof EdgeError);
        assert.equal(error.code, 'EDGE_ERR_LISTEN');
        assert.match(error.message, new RegExp(`127\\.0\\.0\\.1:${address.port}`));
        return true;
      });
    });
  }

  const notTurn: readonly (readonly [string, Uint8Array])[] = [
    ['an empty datagram', new Uint8Array(0)],
    ['19 bytes', bindingRequest().subarray(0, 19)],
    ['first bits 10', Uint8Array.of(0x80, ...bindingRequest().subarray(1))],
    ['first bits 11', Uint8Array.of(0xc0, ...bindingRequest().subarray(1))],
    ['a wrong magic cookie', bindingRequest().fill(0, 4, 8)],
    ['text', bytesOf('hello, is there anybody in this port?')],
  ];
  for (const [what, bytes] of notTurn) {
    const reason = what === 'text' ? 'badChannelData' : 'notTurn';
    test(`drops and counts a datagram that is ${what}`, async () => {
      await using bench = await open();
      const client = await bench.client('udp');
      client.send(bytes);
      await until(`the drop was counted as ${reason}`, () => bench.datapath.counters().dropped[reason] === 1);
      assert.equal(bench.sink.messages.count, 0);
      assert.equal(bench.datapath.counters().fromClients.packets, 0);
    });
  }
}
