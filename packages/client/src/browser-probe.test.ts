import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBrowserProbe, type PeerConnectionConstructor, type PeerConnectionLike } from './browser-probe.ts';
import { UDP } from './testing/doubles.ts';
import type { ProbeResult } from './transport-probe.ts';
import type { TransportGroup } from './transports.ts';

class ConnectionDouble implements PeerConnectionLike {
  readonly #listeners = new Map<string, (event: never) => void>();
  iceGatheringState = 'new';
  isClosed = false;
  readonly configuration: unknown;

  constructor(configuration: unknown) {
    this.configuration = configuration;
  }

  createDataChannel(): void {}

  async createOffer(): Promise<unknown> {
    return { type: 'offer', sdp: '' };
  }

  async setLocalDescription(): Promise<void> {
    this.iceGatheringState = 'gathering';
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    this.#listeners.set(type, listener);
  }

  close(): void {
    this.isClosed = true;
  }

  fire(type: string, fields: object = {}): void {
    this.#listeners.get(type)?.(fields as never);
  }
}

const group: TransportGroup = { transport: 'udp', iceServers: [{ urls: [UDP], username: 'u', credential: 'c' }] };

/** A probe on a double, begun. */
async function begin() {
  const made: ConnectionDouble[] = [];
  const RTCPeerConnection = class extends ConnectionDouble {
    constructor(configuration: unknown) {
      super(configuration);
      made.push(this);
    }
  } satisfies PeerConnectionConstructor;
  const results: ProbeResult[] = [];
  const probe = createBrowserProbe(RTCPeerConnection)(group, (result) => results.push(result));
  await new Promise(setImmediate);
  return { connection: made[0]!, results, probe };
}

const relay = { candidate: 'candidate:1 1 udp 41885439 192.0.2.1 50000 typ relay raddr 0.0.0.0 rport 0' };

test('gathers with nothing but the relay that it proves', async () => {
  const { connection } = await begin();
  assert.deepEqual(connection.configuration, {
    iceServers: [{ urls: [UDP], username: 'u', credential: 'c' }],
    iceTransportPolicy: 'relay',
  });
});

test('the first relay candidate proves its URL, and frees the allocation', async () => {
  const { connection, results } = await begin();
  connection.fire('icecandidate', { candidate: relay, url: UDP });
  connection.fire('icecandidate', { candidate: relay, url: UDP });
  assert.deepEqual(results, [{ works: true, provenUrls: [UDP] }]);
  assert.ok(connection.isClosed);
});

test('proves the transport where the browser does not tell the URL', async () => {
  const { connection, results } = await begin();
  connection.fire('icecandidate', { candidate: relay });
  assert.deepEqual(results, [{ works: true, provenUrls: [] }]);
});

test('the end of the gathering without a candidate is a failure, with what the browser said', async () => {
  const { connection, results } = await begin();
  connection.fire('icecandidateerror', { errorCode: 701, errorText: 'TURN allocate request timed out.' });
  connection.fire('icecandidate', { candidate: null });
  connection.iceGatheringState = 'complete';
  connection.fire('icegatheringstatechange');
  assert.deepEqual(results, [{ works: false, refused: false, code: 701, text: 'TURN allocate request timed out.' }]);
});

test('a refusal by the server is kept over time-outs that follow', async () => {
  const { connection, results, probe } = await begin();
  connection.fire('icecandidateerror', { errorCode: 401, errorText: 'Unauthorized' });
  connection.fire('icecandidateerror', { errorCode: 701, errorText: '' });
  assert.deepEqual(probe.lastError, { code: 401, text: 'Unauthorized' });
  connection.iceGatheringState = 'complete';
  connection.fire('icegatheringstatechange');
  assert.deepEqual(results, [{ works: false, refused: true, code: 401, text: 'Unauthorized' }]);
});

test('a closed probe says nothing any more', async () => {
  const { connection, results, probe } = await begin();
  probe.close();
  connection.fire('icecandidate', { candidate: relay });
  assert.deepEqual(results, []);
  assert.ok(connection.isClosed);
});

test('a constructor that throws is a result, and comes after the probe was returned', async () => {
  const results: ProbeResult[] = [];
  class Broken extends ConnectionDouble {
    constructor(configuration: unknown) {
      super(configuration);
      throw new TypeError('bad configuration');
    }
  }
  createBrowserProbe(Broken)(group, (result) => results.push(result));
  assert.deepEqual(results, []);
  await new Promise(setImmediate);
  assert.deepEqual(results, [{ works: false, refused: false, text: 'bad configuration' }]);
});
