import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nodeCrypto } from '@pinhole/protocol/node-crypto';
import { type PublicListener, publicEndpoints } from '../endpoints/public-endpoints.ts';
import { formatCredential } from './formats.ts';
import { stunUrl, turnUrls } from './ice-urls.ts';
import { mintTurnCredential } from './mint.ts';

const NOW = 1_795_000_000;
const signingKey = { kid: '1', secret: '0123456789abcdef0123456789abcdef' };
const app = { id: 'demo', signingKey, keys: [signingKey], upstreams: [] };
const crypto = { hmacSha1: nodeCrypto.hmacSha1, randomBytes: (length: number) => new Uint8Array(length).fill(0xfb) };

function endpointsOf(listeners: readonly PublicListener[], host = 'h') {
  return publicEndpoints({ config: { host, listen: [] }, externalIp: '203.0.113.10', listening: listeners });
}

const endpoints = endpointsOf([
  { transport: 'mux', port: 443 },
  { transport: 'udp', port: 3478 },
  { transport: 'tcp', port: 3479 },
  { transport: 'udp', port: 443 },
]);

describe('TURN URLs', () => {
  it('come as UDP, then TCP, then TLS, each in the order of the listeners', () => {
    assert.deepEqual(turnUrls(endpoints), [
      'turn:h:3478?transport=udp',
      'turn:h:443?transport=udp',
      'turn:h:443?transport=tcp',
      'turn:h:3479?transport=tcp',
      'turns:h:443?transport=tcp',
    ]);
  });

  it('name the host of the config, else the external address, an IPv6 one in brackets', () => {
    const listening = [{ transport: 'udp', port: 1 }] as const;
    const none = publicEndpoints({ config: { listen: [] }, externalIp: '2001:db8::1', listening });
    assert.deepEqual(turnUrls(none), ['turn:[2001:db8::1]:1?transport=udp']);
    assert.equal(stunUrl(none), 'stun:[2001:db8::1]:1');
  });

  it('name a port once where two local addresses have it', () => {
    const twice = [
      { transport: 'udp', port: 3478, ip: '10.0.0.1' },
      { transport: 'udp', port: 3478, ip: '10.0.0.2' },
    ] as const;
    assert.deepEqual(turnUrls(endpointsOf(twice)), ['turn:h:3478?transport=udp']);
  });

  it('have no STUN URL beside them where nothing listens on UDP', () => {
    assert.equal(stunUrl(endpointsOf([{ transport: 'mux', port: 443 }])), undefined);
  });
});

describe('a TURN credential', () => {
  it('lives for a day unless told, for at least a minute and at most two days', () => {
    const ttlOf = (ttlSeconds?: number): number =>
      mintTurnCredential(app, { endpoints, now: NOW, crypto, ...(ttlSeconds === undefined ? {} : { ttlSeconds }) })
        .ttlSeconds;
    assert.deepEqual([ttlOf(), ttlOf(1), ttlOf(600), ttlOf(1e9)], [86_400, 60, 600, 172_800]);
  });

  it('is in its native shape', () => {
    assert.deepEqual(formatted('json'), {
      username: '1795000600:demo.1.-_v7-_v7-_v7-_v7-_v7-w:alice',
      password: '/sgjQrsVial76mtNu84nY5PiQVw=',
      ttl: 600,
      expiresAt: 1_795_000_600,
      iceServers: [
        {
          urls: turnUrls(endpoints),
          username: '1795000600:demo.1.-_v7-_v7-_v7-_v7-_v7-w:alice',
          credential: '/sgjQrsVial76mtNu84nY5PiQVw=',
        },
      ],
    });
  });

  it('is in the shape of TURN REST and of Matrix', () => {
    const expected = {
      username: '1795000600:demo.1.-_v7-_v7-_v7-_v7-_v7-w:alice',
      password: '/sgjQrsVial76mtNu84nY5PiQVw=',
      ttl: 600,
      uris: turnUrls(endpoints),
    };
    assert.deepEqual(formatted('rest'), expected);
    assert.deepEqual(formatted('matrix'), expected);
  });

  it("is in Cloudflare's shape", () => {
    assert.deepEqual(formatted('cloudflare'), {
      iceServers: [
        { urls: ['stun:h:3478'] },
        {
          urls: turnUrls(endpoints),
          username: '1795000600:demo.1.-_v7-_v7-_v7-_v7-_v7-w:alice',
          credential: '/sgjQrsVial76mtNu84nY5PiQVw=',
        },
      ],
    });
  });

  it("is in Twilio's shape: ttl is a text, every URL an entry, account_sid of the AppID", () => {
    const shaped = formatted('twilio') as Record<string, unknown> & { ice_servers: readonly unknown[] };
    const credential = { username: shaped.username, credential: shaped.password };
    assert.match(String(shaped.account_sid), /^AC[0-9a-f]{32}$/);
    assert.deepEqual(
      { ...shaped, account_sid: '' },
      {
        username: '1795000600:demo.1.-_v7-_v7-_v7-_v7-_v7-w:alice',
        password: '/sgjQrsVial76mtNu84nY5PiQVw=',
        ttl: '600',
        account_sid: '',
        date_created: 'Wed, 18 Nov 2026 11:06:40 +0000',
        date_updated: 'Wed, 18 Nov 2026 11:06:40 +0000',
        ice_servers: [
          { url: 'stun:h:3478', urls: 'stun:h:3478' },
          ...turnUrls(endpoints).map((url) => ({ url, urls: url, ...credential })),
        ],
      },
    );
  });

  function formatted(format: Parameters<typeof formatCredential>[1]): unknown {
    const credential = mintTurnCredential(app, { endpoints, now: NOW, crypto, ttlSeconds: 600, user: 'alice' });
    return formatCredential(credential, format);
  }
});
