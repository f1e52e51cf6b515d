import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { test } from 'node:test';
import { selfSignedIdentity } from '../listeners/certificate.test.support.ts';
import {
  codeOf,
  LoopbackServer,
  listenTo,
  NOW,
  OTHER_APP,
  openGateway,
  requestText,
  signTicket,
  statusOf,
  until,
} from './gateway.test.support.ts';

test('asks the upstream for base path and rest, with its own Host and the client named', async () => {
  let asked: IncomingMessage | undefined;
  await using upstream = await LoopbackServer.http((request, response) => {
    asked = request;
    response.end('hello');
  });
  await using bench = await openGateway(`${upstream.url}/base/`);
  const answer = await bench.get('/janus/a%2Fb?x=%20y', 'X-App: 1', 'Origin: https://app.example.com');
  assert.equal(statusOf(answer), 200);
  assert.match(answer, /\r\n\r\n(5\r\n)?hello/);
  assert.equal(asked?.url, '/base/janus/a%2Fb?x=%20y');
  assert.equal(asked?.headers.host, `127.0.0.1:${upstream.port}`);
  assert.equal(asked?.headers['x-app'], '1');
  assert.equal(asked?.headers.origin, 'https://app.example.com');
  assert.equal(asked?.headers['x-forwarded-for'], '127.0.0.1');
  assert.equal(asked?.headers['x-forwarded-proto'], 'http');
  assert.equal(asked?.headers['x-forwarded-host'], 'localhost');
});

test('drops what a client says about itself and what is about the connection alone', async () => {
  let asked: IncomingMessage | undefined;
  await using upstream = await LoopbackServer.http((request, response) => {
    asked = request;
    response.end();
  });
  await using bench = await openGateway(upstream.url);
  const target = `/g/${bench.ticket}/sfu/`;
  const lies = ['X-Forwarded-For: 1.2.3.4', 'x-forwarded-server: x', 'Forwarded: for=1.2.3.4', 'X-Real-IP: 1.2.3.4'];
  const hops = [
    'Connection: close, X-Secret',
    'X-Secret: 1',
    'Keep-Alive: 5',
    'TE: trailers',
    'Proxy-Authorization: x',
  ];
  await bench.raw(requestText('GET', target, [...lies, ...hops, `Referer: https://localhost${target}page`]));
  assert.equal(asked?.headers['x-forwarded-for'], '127.0.0.1');
  const dropped = [
    'x-forwarded-server',
    'forwarded',
    'x-real-ip',
    'x-secret',
    'keep-alive',
    'te',
    'proxy-authorization',
  ];
  for (const name of [...dropped, 'referer']) assert.equal(asked?.headers[name], undefined, name);
});

test('streams a body up and an answer down, each part as it comes', async () => {
  const heard: string[] = [];
  await using upstream = await LoopbackServer.http((request, response) => {
    response.write('first ');
    request.on('data', (chunk: Buffer) => heard.push(String(chunk)));
    request.on('end', () => response.end('last'));
  });
  await using bench = await openGateway(upstream.url);
  const client = bench.connect();
  const { text } = listenTo(client);
  const headers = ['Connection: close', 'Transfer-Encoding: chunked'];
  client.write(requestText('POST', `/g/${bench.ticket}/sfu/x`, headers, '3\r\none\r\n'));
  await until('the first parts arrived', () => heard.join('') === 'one' && text().includes('first '));
  client.write('3\r\ntwo\r\n0\r\n\r\n');
  await once(client, 'close');
  assert.equal(heard.join(''), 'onetwo');
  assert.match(text(), /last/);
});

test('keeps the framing of bodies of any method', async () => {
  await using upstream = await LoopbackServer.http(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    response.end(`${request.method} ${body.length} ${request.headers['content-length'] ?? 'chunked'}`);
  });
  await using bench = await openGateway(upstream.url);
  const target = `/g/${bench.ticket}/sfu/x`;
  const sized = await bench.raw(requestText('DELETE', target, ['Connection: close', 'Content-Length: 4'], 'body'));
  assert.match(sized, /DELETE 4 4/);
  const chunked = ['Connection: close', 'Transfer-Encoding: chunked'];
  assert.match(await bench.raw(requestText('GET', target, chunked, '4\r\nbody\r\n0\r\n\r\n')), /GET 4 chunked/);
});

test('refuses a request that frames its body in two ways', async () => {
  await using upstream = await LoopbackServer.http(() => assert.fail('this must not arrive'));
  await using bench = await openGateway(upstream.url);
  const headers = ['Content-Length: 4', 'Transfer-Encoding: chunked'];
  const answer = await bench.raw(requestText('POST', `/g/${bench.ticket}/sfu/x`, headers, '0\r\n\r\n'));
  assert.equal(statusOf(answer), 400);
});

const refusals: readonly (readonly [
  what: string,
  target: (ticket: string) => Promise<string> | string,
  number,
  string,
])[] = [
  ['a ticket that is none', () => '/g/nonsense/sfu/x', 401, 'gateway.ticket_invalid'],
  [
    'an expired ticket',
    async () => `/g/${await signTicket({ expiresAt: NOW - 3600 })}/sfu/x`,
    401,
    'gateway.ticket_expired',
  ],
  [
    'an app that may not',
    async () => `/g/${await signTicket({ app: OTHER_APP.id, secret: OTHER_APP.secret })}/sfu/x`,
    403,
    'gateway.upstream_not_allowed',
  ],
  ['an upstream of another app', (ticket) => `/g/${ticket}/closed/x`, 403, 'gateway.upstream_not_allowed'],
  ['an upstream that is not declared', (ticket) => `/g/${ticket}/evil.example/x`, 404, 'gateway.upstream_unknown'],
  ['a host smuggled with @', (ticket) => `/g/${ticket}/sfu@evil.example/x`, 404, 'gateway.upstream_unknown'],
  ['a path that climbs', (ticket) => `/g/${ticket}/sfu/%2e%2e/x`, 400, 'gateway.bad_path'],
  ['a path with another host', (ticket) => `/g/${ticket}/sfu//evil.example/x`, 400, 'gateway.bad_path'],
  ['an encoded CRLF', (ticket) => `/g/${ticket}/sfu/x%0d%0aHost:%20evil`, 400, 'gateway.bad_path'],
  ['the absolute form', (ticket) => `http://evil.example/g/${ticket}/sfu/x`, 400, 'request.malformed'],
];
for (const [what, target, status, code] of refusals) {
  test(`answers ${status} ${code} to ${what}, and asks no upstream`, async () => {
    await using upstream = await LoopbackServer.http(() => assert.fail('this must not arrive'));
    await using bench = await openGateway(upstream.url);
    const answer = await bench.raw(requestText('GET', await target(bench.ticket), []));
    assert.equal(statusOf(answer), status);
    assert.equal(codeOf(answer), code);
    assert.match(answer, /access-control-allow-origin: \*/i);
    assert.deepEqual(bench.log.lines, []);
  });
}

test('rewrites a redirect to the upstream itself, and refuses one that leaves it', async () => {
  await using upstream = await LoopbackServer.http((request, response) => {
    const location = request.url === '/in' ? '/next' : 'http://169.254.169.254/latest/meta-data';
    response.writeHead(request.url === '/created' ? 201 : 302, { Location: location }).end('body');
  });
  await using bench = await openGateway(upstream.url);
  const inside = await bench.get('/in');
  assert.equal(statusOf(inside), 302);
  assert.match(inside, new RegExp(`\r\nLocation: /g/${bench.ticket}/sfu/next\r\n`));
  const outside = await bench.get('/out');
  assert.equal(statusOf(outside), 502);
  assert.equal(codeOf(outside), 'gateway.redirect_refused');
  assert.doesNotMatch(outside, /169\.254|\r\nlocation/i);
  assert.equal(statusOf(await bench.get('/created')), 201);
});

test('scopes cookies, keeps repeated headers, and lets no upstream speak for the whole origin', async () => {
  await using upstream = await LoopbackServer.http((_request, response) => {
    response.setHeader('Set-Cookie', ['a=1; Path=/; Domain=example.com', 'b=2; Secure']);
    response.setHeader('Strict-Transport-Security', 'max-age=31536000');
    response.setHeader('Service-Worker-Allowed', '/');
    response.setHeader('Clear-Site-Data', '"*"');
    response.setHeader('Access-Control-Allow-Origin', 'https://app.example.com');
    response.end();
  });
  await using bench = await openGateway(upstream.url);
  const answer = await bench.get('/');
  assert.match(answer, new RegExp(`\r\nSet-Cookie: a=1; Path=/g/${bench.ticket}/sfu/\r\n`));
  assert.match(answer, new RegExp(`\r\nSet-Cookie: b=2; Secure; Path=/g/${bench.ticket}/sfu/\r\n`));
  assert.match(answer, /\r\nAccess-Control-Allow-Origin: https:\/\/app\.example\.com\r\n/);
  assert.match(answer, /\r\nContent-Security-Policy: sandbox\r\n/);
  assert.doesNotMatch(answer, /strict-transport|service-worker|clear-site|Domain=/i);
});

test('answers 502 where nobody listens, says why, and tells the log neither ticket nor path', async () => {
  const upstream = await LoopbackServer.http(() => {});
  const { url } = upstream;
  await upstream[Symbol.asyncDispose]();
  await using bench = await openGateway(url);
  const answer = await bench.get('/secret-room?token=secret');
  assert.equal(statusOf(answer), 502);
  assert.match(answer, /"code":"gateway\.upstream_failed".*"reason":"ECONNREFUSED"/);
  assert.equal(bench.log.lines.length, 1);
  assert.doesNotMatch(`${bench.log.lines}${answer}`, /secret|127\.0\.0\.1/);
  assert.ok(!bench.log.lines.join().includes(bench.ticket));
});

test('tells the client of a failed upstream even while the client is sending', async () => {
  const upstream = await LoopbackServer.http(() => {});
  const { url } = upstream;
  await upstream[Symbol.asyncDispose]();
  await using bench = await openGateway(url);
  const headers = ['Content-Length: 1000000'];
  const answer = await bench.raw(requestText('POST', `/g/${bench.ticket}/sfu/x`, headers, 'the beginning'));
  assert.equal(codeOf(answer), 'gateway.upstream_failed');
});

const nonsense: readonly string[] = [
  'HTTP/1.1 000 Nothing\r\n\r\n',
  'HTTP/1.1 999 Much\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  'SSH-2.0-OpenSSH_9.2\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx',
  '',
];
for (const words of nonsense) {
  test(`answers 502 to an upstream that says ${JSON.stringify(words.slice(0, 24))}`, async () => {
    await using upstream = await LoopbackServer.raw((socket) => void socket.once('data', () => socket.end(words)));
    await using bench = await openGateway(upstream.url);
    const answer = await bench.get('/');
    assert.equal(statusOf(answer), 502);
    assert.equal(codeOf(answer), 'gateway.upstream_failed');
  });
}

test('breaks the answer off where the upstream does', async () => {
  await using upstream = await LoopbackServer.raw((socket) => {
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'));
  });
  await using bench = await openGateway(upstream.url);
  const answer = await bench.get('/');
  assert.match(answer, /content-length: 10/i);
  assert.ok(answer.length - answer.indexOf('\r\n\r\n') - 4 < 10);
});

test('ends the request to the upstream when the client leaves', async () => {
  await using upstream = await LoopbackServer.http(() => {});
  await using bench = await openGateway(upstream.url);
  const client = bench.connect();
  client.write(requestText('GET', `/g/${bench.ticket}/sfu/poll`, []));
  await until('the upstream was asked', () => upstream.sockets.size === 1);
  client.destroy();
  await until('its connection was gone', () => upstream.sockets.size === 0 && bench.clients.size === 0);
  assert.deepEqual(bench.log.lines, []);
});

test('refuses a name that leads to the metadata of a cloud or to this machine, each time it connects', async () => {
  await using upstream = await LoopbackServer.http((_request, response) => response.end('inside'));
  for (const address of ['169.254.169.254', '127.0.0.1']) {
    const resolve = async () => [{ address, family: 4 }];
    await using bench = await openGateway(`http://sfu.example.com:${upstream.port}`, { resolve });
    const answer = await bench.get('/');
    assert.equal(statusOf(answer), 502);
    assert.equal(codeOf(answer), 'gateway.address_refused');
  }
});

test('uses the addresses of a name that are allowed, and localhost as loopback', async () => {
  await using upstream = await LoopbackServer.http((_request, response) => response.end('inside'));
  const resolve = async () => [
    { address: '169.254.169.254', family: 4 },
    { address: '127.0.0.1', family: 4 },
  ];
  await using bench = await openGateway(`http://localhost:${upstream.port}`, { resolve });
  assert.equal(statusOf(await bench.get('/')), 200);
});

test('answers 502 where the name does not resolve', async () => {
  const resolve = () => Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }));
  await using bench = await openGateway('http://sfu.example.com', { resolve });
  assert.match(await bench.get('/'), /"reason":"ENOTFOUND"/);
});

test('verifies the certificate of an https upstream', async () => {
  const identity = await selfSignedIdentity();
  await using upstream = await new LoopbackServer(
    createHttps(identity, (_request, response) => response.end('over TLS')),
  ).listening();
  const url = upstream.url.replace('http:', 'https:');
  await using distrusting = await openGateway(url);
  const refused = await distrusting.get('/');
  assert.equal(statusOf(refused), 502);
  assert.match(refused, /"reason":"DEPTH_ZERO_SELF_SIGNED_CERT"/);
  await using trusting = await openGateway(url, { upstreamCa: identity.cert });
  assert.match(await trusting.get('/'), /over TLS/);
});

test('answers 504 to an upstream that accepts and does not finish its handshake in time', async () => {
  await using upstream = await LoopbackServer.raw(() => {});
  await using bench = await openGateway(upstream.url.replace('http:', 'https:'), { connectTimeout: 50 });
  const answer = await bench.get('/');
  assert.equal(statusOf(answer), 504);
  assert.equal(codeOf(answer), 'gateway.upstream_timeout');
  await until('the connection was given up', () => upstream.sockets.size === 0);
});
