import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type FiveTuple,
  mintCredential,
  passwordFor,
  type RelayResult,
  type TransportAddress,
  TurnClient,
  TurnServer,
  type TurnServerOptions,
} from '@pinhole/protocol';
import { nodeCrypto } from '@pinhole/protocol/node-crypto';
import type { Datapath, Outgoing, RuleChange } from './datapath/datapath.ts';
import { Driver } from './driver.ts';

const fiveTuple: FiveTuple = {
  transport: 'udp',
  clientAddress: { family: 4, ip: '192.0.2.1', port: 4000 },
  serverAddress: { family: 4, ip: '203.0.113.10', port: 3478 },
};
const relayedAddress: TransportAddress = { family: 4, ip: '203.0.113.10', port: 50_000 };
const peer: TransportAddress = { family: 4, ip: '198.51.100.1', port: 5000 };
const credential = mintCredential(
  { appId: 'demo', kid: '1', nonce: 'n', key: 'key', expiresAt: 1_800_086_400 },
  nodeCrypto,
);

/** A datapath that writes down what it is told, in order; the real ones have the conformance suite. */
class RecordingDatapath implements Pick<Datapath, 'apply' | 'send' | 'openRelay'> {
  readonly told: (RuleChange | Outgoing)[] = [];
  answerRelay: (result: RelayResult) => void = () => {};

  apply(changes: readonly RuleChange[]): void {
    this.told.push(...changes);
  }
  send(batch: readonly Outgoing[]): void {
    this.told.push(...batch);
  }
  openRelay(): Promise<RelayResult> {
    return new Promise((resolve) => {
      this.answerRelay = resolve;
    });
  }
}

function setUp(judgePeer: TurnServerOptions['judgePeer'] = () => ({ allowed: true })) {
  const server = new TurnServer({
    realm: 'pinhole',
    crypto: nodeCrypto,
    nonceKey: new Uint8Array(32),
    findCredentials: (username) => [
      { appId: 'demo', password: passwordFor(username, 'key', nodeCrypto), expiresAt: 1_800_086_400 },
    ],
    judgePeer,
  });
  const lines: string[] = [];
  const note = (event: string) => lines.push(event);
  const log = { info: note, warn: note, error: note };
  const clock = { monotonic: 0, unix: 1_800_000_000 };
  const driver = new Driver({ server, clock: () => clock, log, onHttpConnection: () => {} });
  const datapath = new RecordingDatapath();
  driver.attach(datapath as unknown as Datapath);
  const client = new TurnClient({ transport: 'datagram', credential, crypto: nodeCrypto });

  /** Carries messages until the client waits for something that is not a message. */
  const exchange = () => {
    for (let bytes = client.pollTransmit(); bytes !== undefined; bytes = client.pollTransmit()) {
      const from = datapath.told.length;
      driver.clientMessages([{ fiveTuple, bytes }]);
      for (const told of datapath.told.slice(from)) {
        if ('to' in told && told.to === 'client') client.handleMessage(0, told.bytes);
      }
    }
  };
  const allocate = async () => {
    client.allocate(0);
    exchange();
    datapath.answerRelay({ outcome: 'opened', relayedAddress });
    await new Promise(setImmediate);
    const answer = datapath.told.at(-1);
    assert.ok(answer !== undefined && 'to' in answer);
    client.handleMessage(0, answer.bytes);
    assert.equal(client.pollEvent()?.event, 'allocated');
  };
  return { driver, datapath, client, exchange, allocate, clock, lines };
}

test('an Allocate is answered when its relay is open, and counted by app and transport', async () => {
  const { driver, allocate } = setUp();
  await allocate();
  assert.deepEqual([...driver.statistics.allocations()], [{ app: 'demo', transport: 'udp', live: 1, total: 1 }]);
  assert.equal(driver.statistics.authenticationFailures.get('noIntegrity'), 1);
  driver.close();
});

test('the rules of a channel go down before the answer that tells the client of it', async () => {
  const { driver, datapath, client, exchange, allocate } = setUp();
  await allocate();
  datapath.told.length = 0;
  client.bindChannel(0, 0x4001, peer);
  exchange();
  const order = datapath.told.map((told) => ('to' in told ? told.to : told.change));
  assert.deepEqual(order, ['installPermission', 'installChannel', 'client']);
  driver.close();
});

test('an allocation ends by the timer when its lifetime is over', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { driver, datapath, allocate, clock } = setUp();
  await allocate();
  clock.monotonic = 600_000;
  t.mock.timers.tick(600_000);
  assert.deepEqual(datapath.told.at(-1), { change: 'closeRelay', relay: 1 });
  assert.equal(driver.statistics.allocationEnds.get('expired'), 1);
  assert.equal([...driver.statistics.allocations()][0]?.live, 0);
  driver.close();
});

test('a revocation closes the relay before it returns', async () => {
  const { driver, datapath, allocate } = setUp();
  await allocate();
  assert.deepEqual(driver.revoke({ appId: 'demo' }), { endedAllocations: 1, isRemembered: true });
  assert.deepEqual(datapath.told.at(-1), { change: 'closeRelay', relay: 1 });
  assert.equal(driver.statistics.allocationEnds.get('revoked'), 1);
  assert.equal([...driver.statistics.allocations()][0]?.live, 0);
  driver.close();
});

test("a stream's end ends its allocation", async () => {
  const { driver, datapath, allocate } = setUp();
  await allocate();
  driver.clientGone(fiveTuple);
  assert.deepEqual(datapath.told.at(-1), { change: 'closeRelay', relay: 1 });
  driver.close();
});

test('denied peers are counted one by one and logged a few a second, with how many were left out', async () => {
  const { driver, client, exchange, allocate, clock, lines } = setUp(() => ({ allowed: false, rule: 'default' }));
  await allocate();
  for (let i = 0; i < 20; i++) {
    client.createPermission(0, [peer]);
    exchange();
  }
  assert.equal(driver.statistics.deniedPeers, 20);
  assert.equal(lines.length, 5);
  clock.monotonic = 1000;
  client.createPermission(0, [peer]);
  exchange();
  assert.equal(lines.length, 6);
  driver.close();
});
