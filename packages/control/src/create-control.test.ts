import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import {
  allowlistSchema,
  type ErrorBody,
  type Log,
  type ProxySession,
  parseConfig,
  proxySessionSchema,
} from '@pinhole/contract';
import { nodeCrypto } from '@pinhole/protocol/node-crypto';
import { decodeJwt } from 'jose';
import { type App, createAppDirectory } from './apps/app-directory.ts';
import { createControl } from './create-control.ts';
import { signAppToken } from './tokens/app-token.ts';

const NOW = 1_795_000_000;
const SECRET = '0123456789abcdef0123456789abcdef';
const parsed = parseConfig({
  file: 'test',
  text: `host: rtc.example.com
apps: [{ id: demo, secret: "${SECRET}", upstreams: [janus] }, { id: bare, secret: "${SECRET}x" }]
upstreams:
  - { name: janus, signaling: "http://10.0.0.5:8188", media: ["10.0.0.5"], origins: ["wss://sfu.example.com"] }
  - { name: hidden, signaling: "http://10.0.0.6:8188" }
`,
});
assert.ok(parsed.ok);
const { config } = parsed;
const apps = createAppDirectory(config);
const tokenOf = (app: string, ttlSeconds = 60): Promise<string> =>
  signAppToken(apps.find(app) as App, { sub: 'alice', ttlSeconds, now: NOW });

function setUp({ now = NOW } = {}) {
  const lines: string[] = [];
  const write = (event: string, fields?: Readonly<Record<string, unknown>>): void => {
    lines.push(`${event} ${JSON.stringify(fields ?? {})}`);
  };
  const log: Log = { info: write, warn: write, error: write };
  const control = createControl({ config, externalIp: '203.0.113.10', now: () => now, crypto: nodeCrypto, log });
  const ask = (path: string, init?: RequestInit): Promise<Response> =>
    control.fetch(new Request(`https://rtc.example.com${path}`, init));
  const openSession = async (token: string | undefined, body?: string): Promise<Response> =>
    ask('/v1/proxy/session', {
      method: 'POST',
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body }),
    });
  return { ask, openSession, lines };
}

async function codeOf(response: Response): Promise<string> {
  const { code, message } = (await response.json()) as ErrorBody;
  assert.ok(message.length > 20);
  return `${response.status} ${code}`;
}

describe('POST /v1/proxy/session', () => {
  it('grants a session: 201 with credentials that an edge can check, and a ticket', async () => {
    const { openSession } = setUp();
    const response = await openSession(await tokenOf('demo'), '{"app":"demo"}');
    assert.equal(response.status, 201);
    const session = proxySessionSchema.parse(await response.json());
    const region = session.regions[0]!;
    const { username, credential, urls } = region.iceServers[0]!;
    assert.equal(session.expiresAt, NOW + 86_400);
    assert.equal(username, `${NOW + 86_400}:demo.1.${session.sessionId}`);
    assert.equal(credential, createHmac('sha1', SECRET).update(username).digest('base64'));
    assert.deepEqual(urls, [
      'turn:rtc.example.com:3478?transport=udp',
      'turn:rtc.example.com:8443?transport=tcp',
      'turns:rtc.example.com:8443?transport=tcp',
    ]);
    assert.deepEqual(session.upstreams, [{ name: 'janus', origins: ['wss://sfu.example.com'] }]);
    const ticket = decodeJwt(region.gateway.base.slice('/g/'.length));
    assert.deepEqual(
      { ...ticket },
      { app: 'demo', sub: 'alice', sid: session.sessionId, aud: 'pinhole-gateway', exp: session.expiresAt },
    );
  });

  it('gives every session its own credential', async () => {
    const { openSession } = setUp();
    const token = await tokenOf('demo');
    const usernames = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const session = (await (await openSession(token)).json()) as ProxySession;
        return session.regions[0]?.iceServers[0]?.username;
      }),
    );
    assert.equal(new Set(usernames).size, 20);
  });

  it("names no other app's upstream", async () => {
    const { openSession } = setUp();
    const session = (await (await openSession(await tokenOf('bare'))).json()) as ProxySession;
    assert.deepEqual(session.upstreams, []);
  });

  it('refuses without a bearer token with 401, with a wrong one with its reason', async () => {
    const { openSession, ask } = setUp();
    assert.equal(await codeOf(await openSession(undefined)), '401 token.missing');
    const basic = { method: 'POST', headers: { authorization: 'Basic dTpw' } };
    assert.equal(await codeOf(await ask('/v1/proxy/session', basic)), '401 token.missing');
    assert.equal(await codeOf(await openSession('nonsense')), '401 token.malformed');
    const late = setUp({ now: NOW + 600 });
    assert.equal(await codeOf(await late.openSession(await tokenOf('demo'))), '401 token.expired');
  });

  it("refuses another app's token with 403", async () => {
    const { openSession } = setUp();
    assert.equal(await codeOf(await openSession(await tokenOf('bare'), '{"app":"demo"}')), '403 app.mismatch');
  });

  it('refuses a body that is no JSON object with 400, one above 16 KB with 413', async () => {
    const { openSession } = setUp();
    const token = await tokenOf('demo');
    for (const body of ['{', '[]', '3', '{"app":3}']) {
      assert.equal(await codeOf(await openSession(token, body)), '400 request.malformed', body);
    }
    const large = JSON.stringify({ app: 'demo', more: 'x'.repeat(17_000) });
    assert.equal(await codeOf(await openSession(token, large)), '413 request.too_large');
  });

  it('logs neither token nor credential, whatever the outcome', async () => {
    const { openSession, lines } = setUp();
    const token = await tokenOf('demo');
    const session = (await (await openSession(token)).json()) as ProxySession;
    await openSession(token.slice(0, -3));
    await openSession('nonsense');
    assert.equal(lines.length, 3);
    const region = session.regions[0]!;
    const secrets = [SECRET, token, 'nonsense', 'alice', region.iceServers[0]!.credential, region.gateway.base];
    for (const secret of secrets) assert.ok(!lines.join('\n').includes(secret));
  });
});

describe('the API as a whole', () => {
  it('serves the allowlist and its version', async () => {
    const { ask } = setUp();
    const allowlist = allowlistSchema.parse(await (await ask('/allowlist/endpoints')).json());
    assert.deepEqual(await (await ask('/allowlist/version')).json(), { version: allowlist.version });
    assert.equal(allowlist.endpoints.length, 2);
  });

  it('answers 404 and 405 as coded JSON', async () => {
    const { ask } = setUp();
    assert.equal(await codeOf(await ask('/v1/nothing')), '404 route.not_found');
    const response = await ask('/v1/proxy/session');
    assert.equal(response.headers.get('allow'), 'POST, OPTIONS');
    assert.equal(await codeOf(response), '405 route.method_not_allowed');
    assert.equal(await codeOf(await ask('/allowlist/version', { method: 'DELETE' })), '405 route.method_not_allowed');
  });

  it('lets pages of any origin ask, without cookies', async () => {
    const { ask, openSession } = setUp();
    const preflight = await ask('/v1/proxy/session', { method: 'OPTIONS', headers: { origin: 'https://app.example' } });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get('access-control-allow-headers'), 'Authorization, Content-Type');
    for (const answer of [preflight, await openSession(undefined), await ask('/allowlist/version'), await ask('/x')]) {
      assert.equal(answer.headers.get('access-control-allow-origin'), '*');
      assert.equal(answer.headers.get('access-control-allow-credentials'), null);
    }
  });

  it('keeps every answer out of caches and inert in a browser', async () => {
    const { ask, openSession } = setUp();
    for (const answer of [await openSession(undefined), await ask('/allowlist/version'), await ask('/x')]) {
      assert.equal(answer.headers.get('cache-control'), 'no-store');
      assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
      assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'/);
    }
  });
});
