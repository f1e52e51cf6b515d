import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import {
  codeOf,
  LoopbackServer,
  listenTo,
  openGateway,
  requestText,
  statusOf,
  textUntilEnd,
  until,
  upgradeText,
} from './gateway.test.support.ts';

const SWITCHING =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n';

/** An upstream that accepts every upgrade and then says back what it hears. */
function echo(afterHead = ''): Promise<LoopbackServer> {
  return LoopbackServer.raw((socket) => {
    socket.once('data', () => {
      socket.write(SWITCHING + afterHead);
      socket.pipe(socket);
    });
  });
}

test('joins client and upstream after the 101, byte for byte, with what came along with the heads', async () => {
  await using upstream = await echo('first words');
  await using bench = await openGateway(upstream.url);
  const client = bench.connect();
  const { text } = listenTo(client);
  client.write(`${upgradeText(`/g/${bench.ticket}/sfu/janus`)}early frame`);
  await until('both came through', () => text().endsWith('first wordsearly frame'));
  assert.match(text(), /^HTTP\/1\.1 101 /);
  assert.match(text(), /\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n/);
  assert.match(text(), /\r\nSec-WebSocket-Extensions: permessage-deflate\r\n/);
  client.write(Buffer.from([0x81, 0x00, 0xff, 0x0d, 0x0a]));
  await until('the bytes came back', () => text().endsWith('\x81\x00\xff\r\n'));
  client.destroy();
  await until('both ends were gone', () => upstream.sockets.size === 0 && bench.clients.size === 0);
  assert.deepEqual(bench.gateway.upgrades(), [{ upstream: 'sfu', code: '101', count: 1 }]);
});

test('passes the handshake headers on, and the upgrade of the gateway itself', async () => {
  let head = '';
  await using upstream = await LoopbackServer.raw((socket) => {
    socket.once('data', (chunk: Buffer) => {
      head = String(chunk);
      socket.end();
    });
  });
  await using bench = await openGateway(upstream.url);
  const headers = ['Sec-WebSocket-Protocol: janus-protocol', 'Sec-WebSocket-Version: 13', 'X-Forwarded-For: 1.2.3.4'];
  await textUntilEnd(sent(bench.connect(), upgradeText(`/g/${bench.ticket}/sfu/janus?x`, ...headers)));
  assert.match(head, /^GET \/janus\?x HTTP\/1\.1\r\n/);
  assert.match(head, /\r\nSec-WebSocket-Protocol: janus-protocol\r\n/);
  assert.match(head, /\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n/);
  assert.match(head, /\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n/);
  assert.match(head, /\r\nX-Forwarded-For: 127\.0\.0\.1\r\n/);
  assert.doesNotMatch(head, /1\.2\.3\.4/);
});

test('does not join the two where the upstream refuses: what the client sends then goes nowhere', async () => {
  const heard: string[] = [];
  await using upstream = await LoopbackServer.raw((socket) => {
    socket.on('data', (chunk: Buffer) => {
      heard.push(String(chunk));
      socket.write('HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno');
    });
  });
  await using bench = await openGateway(upstream.url);
  const smuggled = requestText('GET', '/admin', []);
  const answer = await textUntilEnd(sent(bench.connect(), upgradeText(`/g/${bench.ticket}/sfu/`) + smuggled));
  assert.equal(statusOf(answer), 426);
  assert.match(answer, /\r\nConnection: close\r\n/);
  assert.match(answer, /no$/);
  assert.equal(heard.length, 1);
  assert.doesNotMatch(heard.join(''), /admin/);
  await until('both ends were gone', () => upstream.sockets.size === 0 && bench.clients.size === 0);
  assert.deepEqual(bench.gateway.upgrades(), [{ upstream: 'sfu', code: '426', count: 1 }]);
});

test('refuses an upstream that redirects the upgrade elsewhere, and one that switches to something else', async () => {
  const answers = [
    'HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
  ];
  await using upstream = await LoopbackServer.raw((socket) => {
    socket.once('data', () => socket.write(answers.shift() ?? ''));
  });
  await using bench = await openGateway(upstream.url);
  const ask = () => textUntilEnd(sent(bench.connect(), upgradeText(`/g/${bench.ticket}/sfu/`)));
  const redirected = await ask();
  assert.equal(statusOf(redirected), 502);
  assert.equal(codeOf(redirected), 'gateway.redirect_refused');
  assert.equal(codeOf(await ask()), 'gateway.upstream_failed');
  await until('both ends were gone', () => upstream.sockets.size === 0 && bench.clients.size === 0);
});

test('answers an upgrade that it refuses with a code, and ends the connection', async () => {
  await using upstream = await LoopbackServer.raw(() => assert.fail('this must not arrive'));
  await using bench = await openGateway(upstream.url);
  for (const [target, status, code] of [
    ['/g/nonsense/sfu/', 401, 'gateway.ticket_invalid'],
    [`/g/${bench.ticket}/closed/`, 403, 'gateway.upstream_not_allowed'],
    [`/g/${bench.ticket}/evil.example/`, 404, 'gateway.upstream_unknown'],
    [`/g/${bench.ticket}/sfu/../admin`, 400, 'gateway.bad_path'],
  ] as const) {
    const answer = await textUntilEnd(sent(bench.connect(), upgradeText(target)));
    assert.equal(statusOf(answer), status);
    assert.equal(codeOf(answer), code);
  }
  const post = upgradeText(`/g/${bench.ticket}/sfu/`).replace('GET', 'POST');
  assert.equal(codeOf(await textUntilEnd(sent(bench.connect(), post))), 'gateway.upgrade_refused');
  assert.deepEqual(
    bench.gateway.upgrades().map(({ upstream: name, code, count }) => `${name} ${code} ${count}`),
    ['unknown 401 1', 'unknown 404 1', 'unknown 400 1', 'unknown 426 1', 'closed 403 1'],
  );
});

test('gives up an upstream that takes the upgrade and never answers', async () => {
  await using upstream = await LoopbackServer.raw(() => {});
  await using bench = await openGateway(upstream.url, { connectTimeout: 50 });
  const answer = await textUntilEnd(sent(bench.connect(), upgradeText(`/g/${bench.ticket}/sfu/`)));
  assert.equal(statusOf(answer), 504);
  assert.equal(codeOf(answer), 'gateway.upstream_timeout');
  await until('both ends were gone', () => upstream.sockets.size === 0 && bench.clients.size === 0);
});

test('ends the client with the upstream, after its last words', async () => {
  await using upstream = await LoopbackServer.raw((socket) => {
    socket.once('data', () => socket.end(`${SWITCHING}last words${'.'.repeat(500_000)}`));
  });
  await using bench = await openGateway(upstream.url);
  const said = await textUntilEnd(sent(bench.connect(), upgradeText(`/g/${bench.ticket}/sfu/`)));
  assert.match(said, /last words\.{500000}$/);
  await until('both ends were gone', () => upstream.sockets.size === 0 && bench.clients.size === 0);
});

test('ends the upstream with a client that breaks', async () => {
  await using upstream = await echo();
  await using bench = await openGateway(upstream.url);
  const client = bench.connect();
  const { text } = listenTo(client);
  client.write(upgradeText(`/g/${bench.ticket}/sfu/`));
  await until('it was joined', () => text().includes('101'));
  client.resetAndDestroy();
  await until('both ends were gone', () => upstream.sockets.size === 0 && bench.clients.size === 0);
});

test('holds a fast upstream back for a slow client', async () => {
  let isHeldBack = false;
  await using upstream = await LoopbackServer.raw((socket) => {
    socket.once('data', () => {
      socket.write(SWITCHING);
      const part = Buffer.alloc(1024 * 1024);
      for (let sent = 0; sent < 64; sent += 1) isHeldBack = !socket.write(part);
    });
  });
  await using bench = await openGateway(upstream.url);
  const client = bench.connect();
  client.write(upgradeText(`/g/${bench.ticket}/sfu/`));
  client.pause();
  await until('the upstream was writing', () => isHeldBack);
  const [atEdge] = bench.clients;
  await until('the edge had taken some', () => (atEdge?.bytesWritten ?? 0) > 0);
  await turns(500);
  assert.ok((atEdge?.writableLength ?? 0) <= 1024 * 1024, 'the edge keeps what the client does not read');
  client.destroy();
  await until('both ends were gone', () => upstream.sockets.size === 0 && bench.clients.size === 0);
});

test('leaves no socket behind after 200 upgrades that were aborted at every stage', async () => {
  await using upstream = await LoopbackServer.raw((socket) => {
    // A third answers, a third never does, a third breaks.
    const fate = socket.remotePort ?? 0;
    socket.once('data', () => {
      if (fate % 3 === 0) socket.write(SWITCHING);
      if (fate % 3 === 1) socket.resetAndDestroy();
    });
  });
  await using bench = await openGateway(upstream.url);
  await Promise.all(Array.from({ length: 200 }, (_, index) => abortedUpgrade(bench.connect(), bench.ticket, index)));
  await until('every socket was gone', () => upstream.sockets.size === 0 && bench.clients.size === 0);
});

/** Leaves by FIN or RST, before, in the middle of or after its request, or after a turn of the upstream. */
async function abortedUpgrade(client: Socket, ticket: string, index: number): Promise<void> {
  await once(client, 'connect');
  const text = upgradeText(`/g/${ticket}/sfu/${index}`);
  const stage = index % 5;
  client.write(stage === 0 ? text.slice(0, 20) : text);
  if (stage > 1) await turns(stage * 3);
  if (stage === 4) client.write('a frame');
  if (index % 2 === 0) client.destroy();
  else client.resetAndDestroy();
}

function sent(client: Socket, text: string): Socket {
  client.write(text, 'latin1');
  return client;
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
