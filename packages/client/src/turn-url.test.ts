import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupByTransport } from './transports.ts';
import { parseTurnUrl } from './turn-url.ts';

test('reads TURN URLs with the defaults of RFC 7065', () => {
  assert.deepEqual(parseTurnUrl('turn:rtc.example.com'), { transport: 'udp', host: 'rtc.example.com', port: 3478 });
  assert.deepEqual(parseTurnUrl('turns:rtc.example.com'), { transport: 'tls', host: 'rtc.example.com', port: 5349 });
  assert.deepEqual(parseTurnUrl('turn:192.0.2.1:443?transport=tcp'), {
    transport: 'tcp',
    host: '192.0.2.1',
    port: 443,
  });
  assert.deepEqual(parseTurnUrl('TURNS:[2001:db8::1]:443?transport=TCP'), {
    transport: 'tls',
    host: '[2001:db8::1]',
    port: 443,
  });
});

test('takes no URL that no browser could use', () => {
  for (const url of [
    'stun:h:3478',
    'turns:h:443?transport=udp',
    'turn:',
    'turn:h:port',
    'turn:h?x=1',
    'https://h/',
    '',
  ]) {
    assert.equal(parseTurnUrl(url), undefined, url);
  }
});

test('groups the URLs of several servers by transport, best first, and drops what is left empty', () => {
  const groups = groupByTransport([
    { urls: ['turns:a:443?transport=tcp', 'turn:a:3478?transport=udp', 'stun:a:3478'], username: 'a', credential: '1' },
    { urls: ['turn:b:3478?transport=udp'], username: 'b', credential: '2' },
  ]);
  assert.deepEqual(groups, [
    {
      transport: 'udp',
      iceServers: [
        { urls: ['turn:a:3478?transport=udp'], username: 'a', credential: '1' },
        { urls: ['turn:b:3478?transport=udp'], username: 'b', credential: '2' },
      ],
    },
    { transport: 'tls', iceServers: [{ urls: ['turns:a:443?transport=tcp'], username: 'a', credential: '1' }] },
  ]);
});
