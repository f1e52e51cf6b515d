import assert from 'node:assert/strict';
import { it } from 'node:test';
import { allowlistSchema } from './allowlist.ts';
import { proxySessionRequestSchema, proxySessionSchema } from './proxy-session.ts';
import { appTokenClaimsSchema, gatewayTicketClaimsSchema } from './tokens.ts';

it('keeps app tokens and gateway tickets apart by their audience', () => {
  const claims = { app: 'demo', sub: 'alice', sid: 's1', iat: 1, exp: 2 };
  assert.ok(appTokenClaimsSchema.safeParse({ ...claims, aud: 'pinhole' }).success);
  assert.ok(!appTokenClaimsSchema.safeParse({ ...claims, aud: 'pinhole-gateway' }).success);
  assert.ok(gatewayTicketClaimsSchema.safeParse({ ...claims, aud: 'pinhole-gateway' }).success);
  assert.ok(!gatewayTicketClaimsSchema.safeParse({ ...claims, aud: 'pinhole' }).success);
});

it('takes a proxy session with a region and refuses one without', () => {
  const region = {
    id: 'default',
    iceServers: [{ urls: ['turn:h:3478?transport=udp'], username: 'u', credential: 'c' }],
    gateway: { base: '/g/ticket' },
  };
  const session = {
    sessionId: 's',
    mode: 'standard',
    expiresAt: 1,
    regions: [region],
    upstreams: [],
    allowlistVersion: 'v',
  };
  assert.ok(proxySessionSchema.safeParse(session).success);
  assert.ok(!proxySessionSchema.safeParse({ ...session, regions: [] }).success);
});

it('takes a session request with unknown fields, so that newer clients work with older servers', () => {
  assert.deepEqual(proxySessionRequestSchema.parse({ app: 'demo', later: 1 }), { app: 'demo' });
  assert.ok(!proxySessionRequestSchema.safeParse({ app: 3 }).success);
});

it('takes no allowlist row with port 0', () => {
  const row = { protocol: 'udp', ip: '203.0.113.10', port: 3478, purpose: 'media' };
  assert.ok(allowlistSchema.safeParse({ version: 'v', endpoints: [row] }).success);
  assert.ok(!allowlistSchema.safeParse({ version: 'v', endpoints: [{ ...row, port: 0 }] }).success);
});
