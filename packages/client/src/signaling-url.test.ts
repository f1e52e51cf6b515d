import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProxyError } from './errors.ts';
import { rewriteSignalingUrl } from './signaling-url.ts';

const route = {
  server: 'https://edge.example.com',
  base: '/g/T',
  upstreams: [
    { name: 'janus', origins: ['https://sfu.example.com', 'ws://10.0.0.5:8188'] },
    { name: 'chat room', origins: ['https://chat.example.com:8443/'] },
  ],
};
const rewrite = (url: string, server = route.server): string => rewriteSignalingUrl(url, { ...route, server });

test('puts path and query behind ticket and upstream', () => {
  assert.equal(rewrite('wss://sfu.example.com/janus?x=1&y=%2F'), 'wss://edge.example.com/g/T/janus/janus?x=1&y=%2F');
  assert.equal(rewrite('wss://sfu.example.com'), 'wss://edge.example.com/g/T/janus/');
});

test('keeps WebSocket and HTTP in kind, and takes encryption from the server', () => {
  assert.equal(rewrite('https://sfu.example.com/a'), 'https://edge.example.com/g/T/janus/a');
  assert.equal(rewrite('ws://10.0.0.5:8188/'), 'wss://edge.example.com/g/T/janus/');
  assert.equal(rewrite('http://10.0.0.5:8188/'), 'https://edge.example.com/g/T/janus/');
  assert.equal(rewrite('wss://sfu.example.com/', 'http://127.0.0.1:8443'), 'ws://127.0.0.1:8443/g/T/janus/');
});

test('compares origins with wss as https, default ports gone, names in any case', () => {
  assert.equal(rewrite('WSS://SFU.example.com:443/x'), 'wss://edge.example.com/g/T/janus/x');
  assert.equal(rewrite('wss://chat.example.com:8443/x'), 'wss://edge.example.com/g/T/chat%20room/x');
});

test('takes ws for no wss: a plain service is not the encrypted one', () => {
  assert.throws(() => rewrite('ws://sfu.example.com/'), { code: 'signaling.unknown_origin' });
});

test('names the declared origins where it knows no upstream, and never the query', () => {
  assert.throws(
    () => rewrite('wss://other.example.com/room?access_token=hush'),
    (error) => {
      assert.ok(ProxyError.is(error));
      assert.equal(error.code, 'signaling.unknown_origin');
      assert.equal(error.details.origin, 'wss://other.example.com');
      assert.deepEqual(error.details.declaredOrigins, [
        'https://sfu.example.com',
        'ws://10.0.0.5:8188',
        'https://chat.example.com:8443/',
      ]);
      assert.match(error.message, /https:\/\/sfu\.example\.com, ws:\/\/10\.0\.0\.5:8188/);
      assert.doesNotMatch(error.message + JSON.stringify(error.details), /hush/);
      return true;
    },
  );
});

test('refuses what is no absolute ws or http URL', () => {
  for (const url of ['/janus', 'ftp://sfu.example.com/', 'wss://user:pass@sfu.example.com/', '']) {
    assert.throws(() => rewrite(url), { code: 'signaling.invalid_url' }, url);
  }
});
