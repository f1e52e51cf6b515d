// The server against a small model of it (model.test.support.ts), in random sequences of what clients, peers, clocks and the
// operator do. What they answer, and what passes between clients and peers, must be the same at each step.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { TransportAddress } from '../address.ts';
import type { TurnClient, TurnClientEvent } from '../turn-client/turn-client.ts';
import { MODEL_LIMITS, type ModelAnswer, ModelServer, type ModelUser } from './model.test.support.ts';
import { credentialFor, Pair, START_UNIX } from './pair.test.support.ts';

const HOUR = 3600;
const CLIENTS: readonly TransportAddress[] = [40_000, 40_001, 40_002, 40_003].map((port) => ({
  family: 4,
  ip: '10.0.0.7',
  port,
}));
const USERS: readonly ModelUser[] = [
  { name: 'ann', app: 'demo', expiresAt: START_UNIX + 100 * HOUR },
  { name: 'ben', app: 'demo', expiresAt: START_UNIX + 100 * HOUR },
  { name: 'cleo', app: 'other', expiresAt: START_UNIX + 2 * HOUR },
];
const PEERS: readonly TransportAddress[] = [
  { family: 4, ip: '198.51.100.1', port: 5000 },
  { family: 4, ip: '198.51.100.1', port: 5001 },
  { family: 4, ip: '198.51.100.2', port: 5000 },
  { family: 4, ip: '198.51.100.3', port: 5000 },
  { family: 4, ip: '198.51.100.4', port: 5000 },
  { family: 6, ip: '2001:db8::1', port: 5000 },
];
const DATA = Uint8Array.of(1, 2, 3);

/** Sequences that never get past the first refusal would prove nothing. */
const reached = new Set<string>();

/** The server with its clients, one for each user at each address. */
class Real {
  readonly pair = new Pair({ strangerRate: { perSecond: 1e9, burst: 1e9 } });
  readonly #clients = new Map<string, TurnClient>();

  constructor() {
    const { perUser, perApp, inAll, permissions, channels } = MODEL_LIMITS;
    this.pair.limits = {
      allocationsPerUser: perUser,
      allocationsPerApp: perApp,
      allocations: inAll,
      permissionsPerAllocation: permissions,
      channelsPerAllocation: channels,
    };
  }

  ask(who: Who, request: (client: TurnClient, now: number) => void): ModelAnswer {
    const client = this.#client(who);
    request(client, this.pair.now.monotonic);
    const events = this.pair.run(client, who.address);
    assert.equal(events.length, 1, 'a request has one outcome');
    const answer = answerOf(events[0]!);
    reached.add(answer.ok ? 'ok' : String(answer.code));
    return answer;
  }

  /** The peers to which something went since the last look. */
  sends(who: Who, peer: TransportAddress): readonly TransportAddress[] {
    const before = this.pair.actions('sendToPeer').length;
    const client = this.#client(who);
    client.sendIndication(peer, DATA);
    this.pair.run(client, who.address);
    return this.pair
      .actions('sendToPeer')
      .slice(before)
      .map((action) => action.peer);
  }

  /** What arrives at the client when the peer sends to its relayed address. */
  hears(who: Who, peer: TransportAddress): readonly TransportAddress[] {
    const opened = this.pair
      .actions('allocationOpened')
      .filter(({ facts }) => facts.fiveTuple.clientAddress.port === who.address.port);
    const allocation = opened.at(-1)?.facts.allocation;
    if (allocation === undefined) return [];
    this.pair.peerSends(allocation, peer, DATA);
    const events = this.pair.run(this.#client(who), who.address);
    return events.flatMap((event) => (event.event === 'data' ? [event.peer] : []));
  }

  #client({ address, user }: Who): TurnClient {
    const key = `${address.port} ${user.name}`;
    const known = this.#clients.get(key);
    const credential = credentialFor(user.app, user.expiresAt - START_UNIX, user.name);
    const client = known ?? this.pair.client(credential, address);
    this.#clients.set(key, client);
    return client;
  }
}

interface Who {
  readonly client: number;
  readonly address: TransportAddress;
  readonly user: ModelUser;
}

function answerOf(event: TurnClientEvent): ModelAnswer {
  if (event.event === 'failed') return { ok: false, code: Number(event.cause) };
  return 'lifetimeSeconds' in event ? { ok: true, lifetime: event.lifetimeSeconds } : { ok: true };
}

type Command = fc.Command<ModelServer, Real>;

function command(text: string, run: (model: ModelServer, real: Real) => void): Command {
  return {
    check: () => true,
    run: (model, real) => {
      run(model, real);
      assert.equal(real.pair.server.allocationCount, model.allocations.length, 'the number of allocations');
    },
    toString: () => text,
  };
}

/** Mostly a user who is always at this address: one who comes across another's allocation learns only 441. */
const who: fc.Arbitrary<Who> = fc
  .record({ client: fc.nat(CLIENTS.length - 1), guest: fc.constantFrom(undefined, undefined, undefined, ...USERS) })
  .map(({ client, guest }) => ({ client, user: guest ?? USERS[client % 3]!, address: CLIENTS[client]! }));
const peer = fc.constantFrom(...PEERS.slice(0, 3), ...PEERS);
const channelNumber = fc.constantFrom(0x4000, 0x4001, 0x4002, 0x7fff, 0x4000, 0x4001, 0x3fff, 0x8000);

const allocate = who.map((by) =>
  command(`allocate(${say(by)})`, (model, real) => {
    const answer = real.ask(by, (client, now) => client.allocate(now));
    assert.deepEqual(answer, model.allocate(by.client, by.user));
  }),
);

const refresh = fc.tuple(who, fc.constantFrom(0, 1, 600, 1200, 3600, 3600, 100_000)).map(([by, seconds]) =>
  command(`refresh(${say(by)}, ${seconds} s)`, (model, real) => {
    const answer = real.ask(by, (client, now) => client.refresh(now, seconds));
    assert.deepEqual(answer, model.refresh(by.client, by.user, seconds));
  }),
);

const createPermission = fc.tuple(who, fc.array(peer, { maxLength: 4 })).map(([by, peers]) =>
  command(`createPermission(${say(by)}, ${peers.map(sayPeer).join(' ')})`, (model, real) => {
    const answer = real.ask(by, (client, now) => client.createPermission(now, peers));
    assert.deepEqual(answer, model.createPermission(by.client, by.user, peers));
  }),
);

const bindChannel = fc.tuple(who, channelNumber, peer).map(([by, number, to]) =>
  command(`bindChannel(${say(by)}, ${number.toString(16)}, ${sayPeer(to)})`, (model, real) => {
    const answer = real.ask(by, (client, now) => client.bindChannel(now, number, to));
    assert.deepEqual(answer, model.bindChannel(by.client, by.user, number, to));
    // When a channel ends is for the datapath to hold; what it is told must be right.
    const deadline = real.pair.actions('installChannel').at(-1)?.deadline;
    if (answer.ok) assert.equal(deadline, model.of(by.client)?.channels.at(-1)?.end);
  }),
);

const exchange = fc.tuple(who, peer).map(([by, other]) =>
  command(`exchange(${say(by)}, ${sayPeer(other)})`, (model, real) => {
    const expected = model.mayExchange(by.client, other) ? [other] : [];
    assert.deepEqual(real.sends(by, other), expected, 'from client to peer');
    assert.deepEqual(real.hears(by, other), expected, 'from peer to client');
    if (expected.length > 0) reached.add('data');
  }),
);

const pass = fc.constantFrom(1, 1000, 60_000, 299_999, 300_000, 599_999, 600_000, 900_000).map((millis) =>
  command(`pass(${millis} ms)`, (model, real) => {
    real.pair.advance(millis);
    model.pass(millis);
  }),
);

/** Nobody's lifetime may depend on the time of day; only credentials and nonces do. */
const jump = fc.constantFrom(-HOUR, HOUR).map((seconds) =>
  command(`jump(${seconds} s)`, (model, real) => {
    real.pair.now = { ...real.pair.now, unix: real.pair.now.unix + seconds };
    model.unix += seconds;
  }),
);

const gone = who.map(({ client, address }) =>
  command(`gone(${client})`, (model, real) => {
    real.pair.clientGone(address);
    model.gone(client);
  }),
);

const reload = fc.subarray(PEERS.map(({ ip }) => ip)).map((denied) =>
  command(`reload(deny ${denied.join(' ')})`, (model, real) => {
    real.pair.verdict = ({ peer: { ip } }) =>
      denied.includes(ip) ? { allowed: false, rule: 'model' } : { allowed: true };
    real.pair.rejudge();
    model.reload(denied);
  }),
);

// Allocations are what everything else needs, so they are drawn more often.
const anyCommand = [
  allocate,
  allocate,
  refresh,
  refresh,
  createPermission,
  bindChannel,
  bindChannel,
  exchange,
  exchange,
  pass,
  jump,
  gone,
];

test('answers and passes data as the model does, in random sequences of up to 60 steps, which reach every answer', () => {
  const sequences = fc.commands([...anyCommand, reload], { maxCommands: 60, size: 'max' });
  fc.assert(
    fc.property(sequences, (commands) => {
      const model = new ModelServer(START_UNIX);
      const real = new Real();
      fc.modelRun(() => ({ model, real }), commands);
      real.pair.advance(HOUR * 1000);
      assert.equal(real.pair.server.allocationCount, 0);
      assert.equal(real.pair.server.pollTimeout(), undefined);
    }),
    { seed: 20_261_122, numRuns: 1000 },
  );
  const everyAnswer = ['400', '401', '403', '437', '441', '443', '486', '508', 'data', 'ok'];
  assert.deepEqual([...reached].sort(), everyAnswer);
});

function say({ client, user }: Who): string {
  return `${user.name} at ${client}`;
}

function sayPeer({ ip, port }: TransportAddress): string {
  return `${ip}:${port}`;
}
