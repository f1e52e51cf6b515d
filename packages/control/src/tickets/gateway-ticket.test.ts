import assert from 'node:assert/strict';
import { it } from 'node:test';
import { gatewayTicketClaimsSchema } from '@pinhole/contract';
import { jwtVerify } from 'jose';
import { signGatewayTicket } from './gateway-ticket.ts';

const SECRET = '0123456789abcdef0123456789abcdef';
const KEY = { kid: '1', secret: SECRET };

it('is a JWT of its own type that the gateway can check with the app key alone', async () => {
  const app = { id: 'demo', signingKey: KEY, keys: [KEY], upstreams: [] };
  const ticket = await signGatewayTicket(app, { sub: 'alice', sessionId: 's1', expiresAt: 1_795_000_060 });
  const { payload, protectedHeader } = await jwtVerify(ticket, new TextEncoder().encode(SECRET), {
    algorithms: ['HS256'],
    audience: 'pinhole-gateway',
    typ: 'pinhole-ticket+jwt',
    currentDate: new Date(1_795_000_000_000),
  });
  assert.deepEqual(protectedHeader, { alg: 'HS256', typ: 'pinhole-ticket+jwt', kid: '1' });
  assert.deepEqual(gatewayTicketClaimsSchema.parse(payload), {
    app: 'demo',
    sub: 'alice',
    sid: 's1',
    aud: 'pinhole-gateway',
    exp: 1_795_000_060,
  });
});

it('is fit for a URL path segment', async () => {
  const app = { id: 'demo', signingKey: KEY, keys: [KEY], upstreams: [] };
  const ticket = await signGatewayTicket(app, { sub: '用户/../?#', sessionId: 's1', expiresAt: 1 });
  assert.match(ticket, /^[A-Za-z0-9._-]+$/);
});
