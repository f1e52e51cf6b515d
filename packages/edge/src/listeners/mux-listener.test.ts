import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { StreamEndReason } from '../datapath/counters.ts';
import { selfSignedIdentity } from './certificate.test.support.ts';
import { ConnectionPlaces } from './connection-places.ts';
import { listenMux } from './mux-listener.ts';
import { StreamDeadlines } from './stream-deadlines.ts';
import { createTlsTerminator, type TlsTerminator } from './tls-terminator.ts';

test('ends a connection that says nothing for 10 s, and not before', async (context) => {
  await using mux = await listenWithClock(context);
  const accepted = mux.nextAccepted();
  const client = mux.connect();
  await accepted;
  await endsAt(mux, client, 10_000);
});

test('ends a connection that does not finish its TLS handshake within the same 10 s', async (context) => {
  await using mux = await listenWithClock(context);
  const accepted = mux.nextAccepted();
  const client = mux.connect();
  await accepted;
  mux.advance(6_000);
  const handshake = mux.nextHandshake();
  client.write(Uint8Array.of(22, 3, 1));
  await handshake;
  await endsAt(mux, client, 4_000);
});

async function endsAt(mux: MuxUnderTest, client: Socket, limit: number): Promise<void> {
  mux.advance(limit - 1);
  assert.deepEqual(mux.ends, []);
  mux.advance(1);
  await once(client, 'close');
  assert.deepEqual(mux.ends, ['silent']);
}

interface MuxUnderTest extends AsyncDisposable {
  readonly ends: readonly StreamEndReason[];
  connect(): Socket;
  nextAccepted(): Promise<void>;
  nextHandshake(): Promise<void>;
  /** Moves the clock, and lets the sweeps happen that are due; milliseconds. */
  advance(by: number): void;
}

async function listenWithClock(context: TestContext): Promise<MuxUnderTest> {
  context.mock.timers.enable({ apis: ['setInterval'] });
  let now = 0;
  const ends: StreamEndReason[] = [];
  const deadlines = new StreamDeadlines(() => now);
  const accepted = announcements();
  const handshakes = announcements();
  const listener = await listenMux({
    bind: { ip: '127.0.0.1', port: 0 },
    deadlines,
    isProxy: () => false,
    places: new ConnectionPlaces(),
    accepted: accepted.announce,
    ended: (reason) => ends.push(reason),
    turn: () => assert.fail('this was no TURN'),
    http: () => assert.fail('this was no HTTP'),
    fault: assert.ifError,
    tls: announcing(createTlsTerminator(await selfSignedIdentity()), handshakes.announce),
  });
  return {
    ends,
    connect: () => connect(listener.address.port, '127.0.0.1').on('error', () => {}),
    nextAccepted: accepted.next,
    nextHandshake: handshakes.next,
    advance: (by) => {
      now += by;
      // The sweep comes once a second, so a deadline is noticed at the next one.
      context.mock.timers.tick(1_000);
    },
    [Symbol.asyncDispose]: async () => {
      deadlines.close();
      await listener.close();
    },
  };
}

function announcing(tls: TlsTerminator, announce: () => void): TlsTerminator {
  return {
    ...tls,
    terminate: (socket, outcome) => {
      tls.terminate(socket, outcome);
      announce();
    },
  };
}

function announcements(): { announce: () => void; next: () => Promise<void> } {
  let waiting: () => void = () => {};
  return {
    announce: () => waiting(),
    next: () =>
      new Promise((resolve) => {
        waiting = resolve;
      }),
  };
}
