import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Decision } from './attempt.ts';
import { ProxyError } from './errors.ts';
import { checkOptions, type FetchLike, type ProxyOptions } from './options.ts';
import { StandardProxy } from './proxy.ts';
import { answering, ProbeDouble, sessionWith, TCP, TLS, UDP } from './testing/doubles.ts';
import { VirtualClock } from './testing/virtual-clock.ts';

const OPTIONS: ProxyOptions = { server: 'https://edge.example.com/', app: 'demo', token: 'app-token' };

/** A proxy on a virtual clock. `start()` is observed at once, so that no rejection goes unseen. */
function setUp(options: Partial<ProxyOptions> = {}, fetch: FetchLike = answering(201, sessionWith()).fetch) {
  const clock = new VirtualClock();
  const probes = new ProbeDouble();
  const proxy = new StandardProxy(checkOptions({ ...OPTIONS, ...options }), {
    clock,
    fetch,
    createProbe: () => probes.probe,
  });
  const states: string[] = [];
  proxy.on('state', ({ state }) => states.push(state));
  const start = (): Promise<unknown> =>
    proxy.start().then(
      () => 'ready',
      (error: unknown) => error,
    );
  return { clock, probes, proxy, states, start };
}

async function failure(ending: Promise<unknown>): Promise<ProxyError> {
  const error = await ending;
  assert.ok(ProxyError.is(error), `expected a ProxyError, got ${String(error)}`);
  return error;
}

const hanging: FetchLike = () => new Promise(() => {});

test('asks for a session with the token as bearer, and the app in the body', async () => {
  const { fetch, requests } = answering(201, sessionWith());
  const { clock, start, proxy } = setUp({ token: async () => 'fresh' }, fetch);
  void start();
  await clock.advance(0);
  const [url, init] = requests[0]!;
  assert.equal(url, 'https://edge.example.com/v1/proxy/session');
  assert.equal(init.method, 'POST');
  assert.equal(init.headers.authorization, 'Bearer fresh');
  assert.equal(init.body, '{"app":"demo"}');
  assert.equal(init.redirect, 'error');
  await proxy.stop();
});

test('is ready with the best transport that works, and tells the decision once', async () => {
  const { clock, probes, proxy, states, start } = setUp();
  const decisions: Decision[] = [];
  proxy.on('decision', (decision) => decisions.push(decision));
  const ending = start();
  await clock.advance(80);
  probes.works('udp', [UDP]);
  assert.equal(await ending, 'ready');
  assert.deepEqual(states, ['starting', 'ready']);
  assert.deepEqual(proxy.state, { state: 'ready', transport: 'udp', sessionId: 's1', expiresAt: 1_900_000_000 });
  assert.deepEqual(decisions, [
    {
      chosen: 'udp',
      why: 'best-works',
      ms: 80,
      tried: [
        { what: 'session', urls: ['https://edge.example.com/v1/proxy/session'], outcome: 'works', ms: 0 },
        { what: 'udp', urls: [UDP], outcome: 'works', ms: 80 },
      ],
    },
  ]);
  await proxy.stop();
});

test('rtcConfiguration is relay-only, the chosen transport first, the other working ones as they are proved', async () => {
  const { clock, probes, proxy, start } = setUp();
  const ending = start();
  await clock.advance(500);
  probes.works('tcp');
  await clock.advance(500);
  await ending;
  const urls = (): string[][] => proxy.rtcConfiguration.iceServers.map((server) => server.urls);
  assert.equal(proxy.rtcConfiguration.iceTransportPolicy, 'relay');
  assert.deepEqual(urls(), [[TCP]]);
  probes.works('udp');
  probes.fails('tls');
  assert.deepEqual(urls(), [[TCP], [UDP]]);
  assert.equal(clock.pending, 0);
  await proxy.stop();
});

test('of a transport with several URLs only the proved one is handed out', async () => {
  const second = 'turn:192.0.2.1:443?transport=udp';
  const { clock, probes, proxy, start } = setUp({}, answering(201, sessionWith([UDP, second])).fetch);
  const ending = start();
  await clock.advance(10);
  probes.works('udp', [second]);
  await ending;
  assert.deepEqual(proxy.rtcConfiguration.iceServers, [{ urls: [second], username: 'u', credential: 'c' }]);
});

test('with one transport asked for, tries no other', async () => {
  const { clock, probes, proxy, start } = setUp({ transport: 'tls' });
  const ending = start();
  await clock.advance(1000);
  assert.deepEqual(probes.begun, ['tls']);
  probes.works('tls');
  await ending;
  assert.deepEqual(
    proxy.rtcConfiguration.iceServers.map((server) => server.urls),
    [[TLS]],
  );
});

test('rewrites signalling URLs once it is ready', async () => {
  const { clock, probes, proxy, start } = setUp();
  const ending = start();
  await clock.advance(10);
  probes.works('udp');
  await ending;
  assert.equal(
    proxy.signalingUrl('wss://sfu.example.com/janus?x=1'),
    'wss://edge.example.com/g/ticket/janus/janus?x=1',
  );
  await proxy.stop();
});

test('where everything is blocked, ends within 10 s and names the request that was tried', async () => {
  const { clock, proxy, states, start } = setUp({}, hanging);
  const ending = start();
  await clock.advance(10_000);
  const error = await failure(ending);
  assert.equal(error.code, 'session.unreachable');
  assert.deepEqual(
    error.details.tried?.map(({ what, outcome }) => `${what} ${outcome}`),
    ['session timeout'],
  );
  assert.match(error.userMessage('en'), /TCP edge\.example\.com:443/);
  assert.deepEqual(states, ['starting', 'failed']);
  assert.equal(proxy.state.state === 'failed' && proxy.state.error, error);
  assert.equal(clock.pending, 0);
});

test('where only the media is blocked, ends within 10 s and names each transport', async () => {
  const { clock, probes, start } = setUp();
  const ending = start();
  await clock.advance(300);
  probes.fails('tcp', 401);
  await clock.advance(9700);
  const error = await failure(ending);
  assert.equal(error.code, 'start.all_transports_failed');
  assert.deepEqual(
    error.details.tried?.map(({ what, outcome }) => `${what} ${outcome}`),
    ['session works', 'udp timeout', 'tcp refused', 'tls timeout'],
  );
  assert.match(error.message, /tcp turn:192\.0\.2\.1:443\?transport=tcp: refused after \d+ ms \(401 no answer\)/);
  assert.match(error.userMessage('zh'), /UDP 192\.0\.2\.1:3478、TCP 192\.0\.2\.1:443/);
  assert.ok(clock.now() <= 10_000);
  assert.deepEqual([...new Set(probes.closed)].toSorted(), ['tcp', 'tls', 'udp']);
});

test('a slow session request takes its time from the transports, not from the limit', async () => {
  const clock = new VirtualClock();
  const slow: FetchLike = () =>
    new Promise((resolve) => clock.after(5000, () => resolve({ status: 201, json: async () => sessionWith() })));
  const proxy = new StandardProxy(checkOptions(OPTIONS), {
    clock,
    fetch: slow,
    createProbe: () => new ProbeDouble().probe,
  });
  const ending = proxy.start().catch((error: unknown) => [clock.now(), error]);
  await clock.advance(10_000);
  const [at, error] = (await ending) as [number, ProxyError];
  assert.equal(at, 9500);
  assert.equal(error.code, 'start.all_transports_failed');
});

test('tells a rejected token from a refused app and a broken server', async () => {
  const body = { code: 'token.expired', message: 'The app token has expired.' };
  const cases = [
    [401, 'session.token_rejected'],
    [403, 'session.refused'],
    [404, 'session.refused'],
    [503, 'session.server_error'],
  ] as const;
  for (const [status, code] of cases) {
    const error = await failure(setUp({}, answering(status, body).fetch).start());
    assert.equal(error.code, code);
    assert.equal(error.details.status, status);
    assert.equal(error.details.serverCode, 'token.expired');
    assert.match(error.message, /token\.expired: The app token has expired\./);
    assert.deepEqual(
      error.details.tried?.map(({ outcome }) => outcome),
      ['refused'],
    );
  }
});

test('takes no answer for a session that is none', async () => {
  const session = sessionWith();
  for (const body of [undefined, null, [], {}, { ...session, regions: [] }, { ...session, upstreams: [{}] }]) {
    const error = await failure(setUp({}, answering(201, body).fetch).start());
    assert.equal(error.code, 'session.invalid_response');
  }
});

test('no error holds the token', async () => {
  const leaky: FetchLike = async () => {
    throw new TypeError('Failed to fetch');
  };
  const error = await failure(setUp({ token: 'very-secret' }, leaky).start());
  assert.equal(error.code, 'session.unreachable');
  assert.doesNotMatch(`${error.message} ${JSON.stringify(error.details)}`, /very-secret/);
});

test('a token function that throws, hangs or gives nothing fails with token.unavailable', async () => {
  const sources = [
    () => Promise.reject(new Error('signed out')),
    () => '',
    () => {
      throw new Error('signed out');
    },
  ];
  for (const token of sources) assert.equal((await failure(setUp({ token }).start())).code, 'token.unavailable');
  const { clock, start } = setUp({ token: () => new Promise(() => {}) });
  const ending = start();
  await clock.advance(10_000);
  assert.equal((await failure(ending)).code, 'token.unavailable');
});

test('names the transports that the server offers where it does not offer the one asked for', async () => {
  const error = await failure(setUp({ transport: 'tls' }, answering(201, sessionWith([UDP, TCP])).fetch).start());
  assert.equal(error.code, 'start.transport_not_offered');
  assert.deepEqual(error.details.offered, ['udp', 'tcp']);
});

test('fails with start.unsupported where there is nothing to probe with', async () => {
  const { fetch } = answering(201, sessionWith());
  const platform = { clock: new VirtualClock(), fetch, createProbe: () => undefined };
  const proxy = new StandardProxy(checkOptions(OPTIONS), platform);
  await assert.rejects(proxy.start(), { code: 'start.unsupported' });
});

test('wrong-moment calls throw and change nothing', async () => {
  const { clock, probes, proxy, states, start } = setUp();
  assert.throws(() => proxy.rtcConfiguration, { code: 'state.not_ready' });
  assert.throws(() => proxy.signalingUrl('wss://sfu.example.com/'), { code: 'state.not_ready' });
  const ending = start();
  await assert.rejects(proxy.start(), { code: 'state.already_started' });
  assert.throws(() => proxy.rtcConfiguration, { code: 'state.not_ready' });
  await clock.advance(10);
  probes.works('udp');
  await ending;
  await assert.rejects(proxy.start(), { code: 'state.already_started' });
  assert.deepEqual(states, ['starting', 'ready']);
});

test('stop() during start() ends it, closes the probes, and leaves no timer', async () => {
  const { clock, probes, proxy, states, start } = setUp();
  const ending = start();
  await clock.advance(250);
  await proxy.stop();
  const error = await failure(ending);
  assert.equal(error.code, 'start.stopped');
  assert.deepEqual(
    error.details.tried?.map(({ what }) => what),
    ['session', 'udp', 'tcp'],
  );
  assert.deepEqual(probes.closed, ['udp', 'tcp']);
  assert.deepEqual(states, ['starting', 'stopped']);
  assert.equal(clock.pending, 0);
});

test('stop() while the session is asked for ends start() at once, also with a fetch that knows no signal', async () => {
  const { clock, proxy, start } = setUp({}, hanging);
  const ending = start();
  await clock.advance(10);
  await proxy.stop();
  assert.equal((await failure(ending)).code, 'start.stopped');
  assert.equal(clock.pending, 0);
});

test('starts again after stop() and after a failure; stop() twice is once', async () => {
  const { clock, probes, proxy, states, start } = setUp({ transport: 'udp' });
  const first = start();
  await clock.advance(10);
  probes.fails('udp');
  await failure(first);
  const second = start();
  await clock.advance(10);
  probes.works('udp');
  assert.equal(await second, 'ready');
  await proxy.stop();
  await proxy.stop();
  const third = start();
  await clock.advance(10);
  probes.works('udp');
  assert.equal(await third, 'ready');
  assert.deepEqual(states, ['starting', 'failed', 'starting', 'ready', 'stopped', 'starting', 'ready']);
});

test('an old start() that ends late does not touch the new one', async () => {
  const { clock, probes, proxy, states, start } = setUp({ transport: 'udp' });
  const first = start();
  await proxy.stop();
  const second = start();
  await clock.advance(10);
  probes.works('udp');
  assert.equal((await failure(first)).code, 'start.stopped');
  assert.equal(await second, 'ready');
  assert.deepEqual(states, ['starting', 'stopped', 'starting', 'ready']);
});

test('a listener can unsubscribe', async () => {
  const { proxy } = setUp();
  const seen: string[] = [];
  const off = proxy.on('state', ({ state }) => seen.push(state));
  off();
  await proxy.stop();
  assert.deepEqual(seen, []);
});

test('refuses options that cannot work, by name', () => {
  const wrong: [string, object][] = [
    ['server', { server: 'edge.example.com' }],
    ['server', { server: 'wss://edge.example.com' }],
    ['server', { server: 'https://edge.example.com/?x=1' }],
    ['app', { app: '' }],
    ['token', { token: '' }],
    ['mode', { mode: 'smart' }],
    ['transport', { transport: 'quic' }],
    ['startTimeoutMs', { startTimeoutMs: 5 }],
  ];
  for (const [option, change] of wrong) {
    const make = (): unknown => checkOptions({ ...OPTIONS, ...change } as ProxyOptions);
    assert.throws(make, { code: 'options.invalid', details: { option } }, option);
  }
});
