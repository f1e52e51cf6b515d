import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import { type App, createAppDirectory } from '../apps/app-directory.ts';
import { signGatewayTicket } from '../tickets/gateway-ticket.ts';
import { signAppToken, verifyAppToken } from './app-token.ts';

const NOW = 1_795_000_000;
const SECRET = '0123456789abcdef0123456789abcdef';
const apps = createAppDirectory({
  apps: [
    { id: 'demo', secret: SECRET, upstreams: [] },
    { id: 'other', secret: 'fedcba9876543210fedcba9876543210', upstreams: [] },
  ],
  upstreams: [],
});
const demo = apps.find('demo') as App;

async function signed(claims: JWTPayload, header: Partial<JWTHeaderParameters> = {}, secret = SECRET): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', ...header }).sign(new TextEncoder().encode(secret));
}

const RIGHT = { app: 'demo', sub: 'alice', aud: 'pinhole', iat: NOW, exp: NOW + 60 };

async function codeOf(token: string, now = NOW): Promise<string> {
  const verified = await verifyAppToken(token, apps, now);
  return verified.ok ? 'ok' : verified.code;
}

describe('an app token', () => {
  it('is taken as signed here', async () => {
    const token = await signAppToken(demo, { sub: 'alice', ttlSeconds: 60, now: NOW });
    const verified = await verifyAppToken(token, apps, NOW);
    assert.ok(verified.ok);
    assert.deepEqual(verified.claims, RIGHT);
    assert.equal(verified.app.id, 'demo');
  });

  it('is taken as any JWT library signs it, without type and key id', async () => {
    assert.equal(await codeOf(await signed(RIGHT)), 'ok');
  });

  it('is taken until 30 s after its end, because clocks differ, and then refused as expired with both times', async () => {
    const token = await signed(RIGHT);
    assert.equal(await codeOf(token, RIGHT.exp + 29), 'ok');
    const verified = await verifyAppToken(token, apps, RIGHT.exp + 31);
    assert.deepEqual(verified, {
      ok: false,
      code: 'token.expired',
      details: { secondsAgo: 31, serverTime: RIGHT.exp + 31 },
    });
  });

  it('is refused where it was made more than 30 s ahead of this clock', async () => {
    const token = await signed(RIGHT);
    assert.equal(await codeOf(token, NOW - 30), 'ok');
    assert.equal(await codeOf(token, NOW - 31), 'token.not_yet_valid');
    assert.equal(await codeOf(await signed({ ...RIGHT, nbf: NOW + 40 })), 'token.not_yet_valid');
  });

  it("is refused with another app's signature", async () => {
    assert.equal(await codeOf(await signed({ ...RIGHT, app: 'other' })), 'token.bad_signature');
    const [header, payload] = (await signed(RIGHT)).split('.');
    const [, , signature] = (await signed({ ...RIGHT, sub: 'mallory' })).split('.');
    assert.equal(await codeOf(`${header}.${payload}.${signature}`), 'token.bad_signature');
  });

  it('is signed by the first key and taken from any, with its id or without', async () => {
    const rotated = createAppDirectory({
      apps: [{ id: 'demo', secret: SECRET, keys: [{ kid: '2', secret: `${SECRET}, new` }], upstreams: [] }],
      upstreams: [],
    });
    const fromOld = await signAppToken(demo, { sub: 'alice', ttlSeconds: 60, now: NOW });
    const fromNew = await signAppToken(rotated.find('demo') as App, { sub: 'alice', ttlSeconds: 60, now: NOW });
    for (const token of [fromOld, fromNew, await signed(RIGHT), await signed(RIGHT, {}, `${SECRET}, new`)]) {
      assert.ok((await verifyAppToken(token, rotated, NOW)).ok);
    }
    assert.equal(await codeOf(fromNew), 'token.bad_signature', 'where the new key is not known yet');
    const mixed = await signed(RIGHT, { kid: '1' }, `${SECRET}, new`);
    const refused = await verifyAppToken(mixed, rotated, NOW);
    assert.ok(!refused.ok && refused.code === 'token.bad_signature');
  });

  it('is refused with a key id that the app does not have', async () => {
    assert.equal(await codeOf(await signed(RIGHT, { kid: '2' })), 'token.bad_signature');
  });

  it('is refused where it is for somebody else, or is a gateway ticket', async () => {
    assert.equal(await codeOf(await signed({ ...RIGHT, aud: 'elsewhere' })), 'token.wrong_audience');
    const ticket = await signGatewayTicket(demo, { sub: 'alice', sessionId: 's', expiresAt: NOW + 60 });
    assert.equal(await codeOf(ticket), 'token.wrong_audience');
    assert.equal(await codeOf(await signed({ ...RIGHT, aud: 'pinhole-gateway' })), 'token.wrong_audience');
  });

  it('is refused for an app that is not there', async () => {
    assert.equal(await codeOf(await signed({ ...RIGHT, app: 'nobody' })), 'token.unknown_app');
    assert.equal(await codeOf(await signed({ ...RIGHT, app: '__proto__' })), 'token.unknown_app');
  });

  it('is refused as malformed where a claim is missing or of another type', async () => {
    for (const claim of ['sub', 'iat', 'exp', 'app']) {
      assert.equal(await codeOf(await signed({ ...RIGHT, [claim]: undefined })), 'token.malformed', claim);
    }
    assert.equal(await codeOf(await signed({ ...RIGHT, sub: '' })), 'token.malformed');
    assert.equal(await codeOf(await signed({ ...RIGHT, exp: 'tomorrow' as unknown as number })), 'token.malformed');
  });

  it('is refused as malformed where it is no JWT, unsigned, or of another algorithm', async () => {
    const [header, payload] = (await signed(RIGHT)).split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const wrong = ['', 'x', 'a.b.c', '....', `${header}.${payload}`, `${none}.${payload}.`, 'é'.repeat(100)];
    for (const token of wrong) assert.equal(await codeOf(token), 'token.malformed', token);
    const hs512 = await signed(RIGHT, { alg: 'HS512' }, SECRET.repeat(2));
    assert.equal(await codeOf(hs512), 'token.malformed');
  });
});
