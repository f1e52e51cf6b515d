import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bannerLines, type Ready } from './banner.ts';
import { messagesFor } from './messages/messages.ts';
import { trustCommand } from './tls/trust-command.ts';

const TRUST = trustCommand('/srv/pinhole/data/dev-ca.pem', process.platform);

const READY: Ready = {
  seconds: 0.42,
  server: 'https://203.0.113.10:8443',
  demoPage: 'http://localhost:8443/',
  datapath: 'portable',
  metrics: 'http://127.0.0.1:9641/metrics',
  allowlist: [
    { protocol: 'udp', ip: '203.0.113.10', port: 3478, purpose: 'media' },
    { protocol: 'tcp', ip: '203.0.113.10', port: 8443, purpose: 'all' },
  ],
  authorityPath: '/srv/pinhole/data/dev-ca.pem',
  app: 'demo',
};

describe('the banner', () => {
  it('says in under 15 lines where things are, what to allow, and how to begin', () => {
    assert.equal(
      bannerLines(READY, messagesFor({ LANG: 'C.UTF-8' })).join('\n'),
      `Pinhole is ready (0.4 s).
  Demo page: http://localhost:8443/
  Server: https://203.0.113.10:8443
  Datapath: portable
  Metrics: http://127.0.0.1:9641/metrics
  Development CA: until browsers trust it, TURN over TLS fails in them: ${TRUST}
  Protocol  IP            Port  Purpose
  UDP       203.0.113.10  3478  media
  TCP       203.0.113.10  8443  web, signalling and media: enough alone
In an app (token: pinhole token APP):
  const { createProxy } = await import('https://203.0.113.10:8443/sdk/pinhole.js');
  const proxy = createProxy({ server: 'https://203.0.113.10:8443', app: 'demo', token }); await proxy.start();
  const call = new RTCPeerConnection(proxy.rtcConfiguration);`,
    );
  });

  it('speaks Chinese where the terminal does', () => {
    assert.equal(
      bannerLines(READY, messagesFor({ LANG: 'zh_CN.UTF-8' })).join('\n'),
      `Pinhole 已就绪（0.4 秒）。
  演示页面: http://localhost:8443/
  服务地址: https://203.0.113.10:8443
  数据通路: portable
  监控指标: http://127.0.0.1:9641/metrics
  开发 CA: 浏览器信任它之前，TURN over TLS 会失败：${TRUST}
  协议  IP            端口  用途
  UDP   203.0.113.10  3478  媒体
  TCP   203.0.113.10  8443  网页、信令与媒体：仅此一条即可
在应用中使用（令牌：pinhole token APP）：
  const { createProxy } = await import('https://203.0.113.10:8443/sdk/pinhole.js');
  const proxy = createProxy({ server: 'https://203.0.113.10:8443', app: 'demo', token }); await proxy.start();
  const call = new RTCPeerConnection(proxy.rtcConfiguration);`,
    );
  });

  it('leaves out what is not there', () => {
    const bare = { ...READY, server: undefined, demoPage: undefined, authorityPath: undefined, app: undefined };
    assert.deepEqual(bannerLines(bare, messagesFor({})), [
      'Pinhole is ready (0.4 s).',
      '  Server: no mux listener is configured, so there is no web port',
      '  Datapath: portable',
      '  Metrics: http://127.0.0.1:9641/metrics',
      '  Protocol  IP            Port  Purpose',
      '  UDP       203.0.113.10  3478  media',
      '  TCP       203.0.113.10  8443  web, signalling and media: enough alone',
    ]);
  });
});

it('takes the language of LC_ALL before that of LANG', () => {
  const chinese = messagesFor({ LANG: 'zh_CN.UTF-8' });
  assert.notEqual(messagesFor({ LANG: 'zh_CN.UTF-8', LC_ALL: 'C' }), chinese);
  assert.equal(messagesFor({ LANG: 'C', LC_ALL: 'zh_TW' }), chinese);
});
