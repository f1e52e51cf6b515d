import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FiveTuple } from '@pinhole/protocol';
import { openUdp } from './ends.ts';
import { bindingRequest, bytesOf } from './packets.ts';
import type { OpenBench } from './suite.ts';

const SOMEBODY: FiveTuple = {
  transport: 'udp',
  clientAddress: { family: 4, ip: '127.0.0.1', port: 9 },
  serverAddress: { family: 4, ip: '127.0.0.1', port: 9 },
};

export function relayFacts(open: OpenBench): void {
  test('opens relayed addresses on the external address, inside the port range, each different', async () => {
    const relay = { ip: '127.0.0.1', minPort: 60_000, maxPort: 60_999 };
    await using bench = await open({ relay, externalIp: '192.0.2.1' });
    const ports = new Set<number>();
    for (let opened = 0; opened < 20; opened += 1) {
      const { relayedAddress } = await bench.relayed('udp');
      assert.equal(relayedAddress.ip, '192.0.2.1');
      assert.ok(relayedAddress.port >= relay.minPort && relayedAddress.port <= relay.maxPort);
      ports.add(relayedAddress.port);
    }
    assert.equal(ports.size, 20);
    assert.equal(bench.datapath.counters().openRelays, 20);
    // Ports in a row, or always the same distance apart, can be guessed.
    const steps = [...ports].map((port, i, all) => port - (all[i - 1] ?? port));
    assert.ok(new Set(steps).size > 5, `predictable: ${[...ports]}`);
  });

  test('finds the one free port of a range, answers noPorts when there is none, and takes back a closed one', async () => {
    const taken = await openUdp();
    const { port } = taken.address;
    await using bench = await open({ relay: { ip: '127.0.0.1', minPort: port, maxPort: port } });
    bench.use(taken);
    const request = { relay: 1, appId: 'demo', family: 4, port: 'any', fiveTuple: SOMEBODY } as const;
    assert.deepEqual(await bench.datapath.openRelay(request), { outcome: 'noPorts' });
    taken.close();
    const relayedAddress = { family: 4, ip: '127.0.0.1', port } as const;
    assert.deepEqual(await bench.datapath.openRelay(request), { outcome: 'opened', relayedAddress });
    assert.deepEqual(await bench.datapath.openRelay({ ...request, relay: 2 }), { outcome: 'noPorts' });
    bench.datapath.apply([{ change: 'closeRelay', relay: 1 }]);
    assert.equal((await bench.datapath.openRelay({ ...request, relay: 3 })).outcome, 'opened');
    assert.equal(bench.datapath.counters().openRelays, 1);
    assert.deepEqual(bench.sink.faults, []);
  });

  test('opens an even port where one is asked for, and answers noPorts where only odd ones are left', async () => {
    await using bench = await open({ relay: { ip: '127.0.0.1', minPort: 60_001, maxPort: 60_003 } });
    const request = { relay: 1, appId: 'demo', family: 4, port: 'even', fiveTuple: SOMEBODY } as const;
    const relayedAddress = { family: 4, ip: '127.0.0.1', port: 60_002 } as const;
    assert.deepEqual(await bench.datapath.openRelay(request), { outcome: 'opened', relayedAddress });
    assert.deepEqual(await bench.datapath.openRelay({ ...request, relay: 2 }), { outcome: 'noPorts' });
  });

  test('answers familyNotSupported for a family that it has no address of', async () => {
    await using bench = await open();
    const result = await bench.datapath.openRelay({
      relay: 1,
      appId: 'demo',
      family: 6,
      port: 'any',
      fiveTuple: SOMEBODY,
    });
    assert.deepEqual(result, { outcome: 'familyNotSupported' });
  });

  test('ignores changes for a relay that is not open', async () => {
    await using bench = await open();
    bench.datapath.apply([
      { change: 'installPermission', relay: 77, peerIp: '127.0.0.1', deadline: 1 },
      { change: 'closeRelay', relay: 77 },
    ]);
    assert.equal(bench.datapath.counters().openRelays, 0);
  });

  test('sends to a peer from the relayed address, whatever becomes of the bytes afterwards', async () => {
    await using bench = await open();
    const { relay, relayedAddress } = await bench.relayed('udp');
    const peer = await bench.peer();
    const bytes = bytesOf('to the peer');
    bench.datapath.send([{ to: 'peer', relay, peer: peer.address, bytes }]);
    bytes.fill(0);
    assert.equal(String(await peer.received.next()), 'to the peer');
    peer.send(bytesOf('back'), relayedAddress);
  });

  test('survives peers that cannot be sent to: too large, nobody there, port 0, another family', async () => {
    await using bench = await open();
    const client = await bench.relayed('udp');
    const { relay } = client;
    const peer = await bench.peer();
    const nobody = await openUdp();
    nobody.close();
    bench.datapath.send([
      { to: 'peer', relay, peer: peer.address, bytes: new Uint8Array(70_000) },
      { to: 'peer', relay, peer: nobody.address, bytes: bytesOf('anybody?') },
      { to: 'peer', relay, peer: { family: 4, ip: '127.0.0.1', port: 0 }, bytes: bytesOf('no port') },
      { to: 'peer', relay, peer: { family: 6, ip: '::1', port: 9 }, bytes: bytesOf('other family') },
      { to: 'peer', relay, peer: peer.address, bytes: bytesOf('still alive') },
    ]);
    assert.equal(String(await peer.received.next()), 'still alive');
    assert.equal(bench.datapath.counters().dropped.sendFailed, 3);
    assert.equal(bench.datapath.counters().toPeers.packets, 2);
    bench.permit(client, '127.0.0.1');
    peer.send(bytesOf('and back'), client.relayedAddress);
    assert.deepEqual((await bench.sink.datagrams.next()).bytes, bytesOf('and back'));
  });

  test('counts a message to a client that is not there, and goes on', async () => {
    await using bench = await open();
    bench.datapath.send([
      { to: 'client', fiveTuple: { ...SOMEBODY, transport: 'tcp' }, bytes: bindingRequest() },
      { to: 'peer', relay: 77, peer: SOMEBODY.clientAddress, bytes: bytesOf('lost') },
    ]);
    assert.equal(bench.datapath.counters().dropped.clientGone, 1);
  });
}
