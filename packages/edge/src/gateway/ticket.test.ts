import assert from 'node:assert/strict';
import { test } from 'node:test';
import { APP_TOKEN_AUDIENCE, CLOCK_LEEWAY_SECONDS } from '@pinhole/contract';
import { SignJWT, UnsecuredJWT } from 'jose';
import { APP, NOW, OTHER_APP, signTicket, type TicketOptions } from './gateway.test.support.ts';
import { TicketChecker } from './ticket.ts';

const checker = new TicketChecker([APP, OTHER_APP], () => NOW);

test('takes a ticket until the clocks may differ no more', async () => {
  assert.deepEqual(await checker.check(await signTicket()), { ok: true, app: APP });
  const justOver = await signTicket({ expiresAt: NOW - CLOCK_LEEWAY_SECONDS + 1 });
  assert.equal((await checker.check(justOver)).ok, true);
  const over = await signTicket({ expiresAt: NOW - CLOCK_LEEWAY_SECONDS });
  assert.deepEqual(await checker.check(over), { ok: false, code: 'gateway.ticket_expired' });
});

const wrong: readonly (readonly [string, TicketOptions])[] = [
  ['the secret of another app', { secret: OTHER_APP.secret }],
  ['an unknown app', { app: 'nobody' }],
  ['the audience of an app token', { audience: APP_TOKEN_AUDIENCE }],
  ['the type of another token', { type: 'JWT' }],
];
for (const [what, options] of wrong) {
  test(`refuses a ticket with ${what}`, async () => {
    const invalid = { ok: false, code: 'gateway.ticket_invalid' } as const;
    assert.deepEqual(await checker.check(await signTicket(options)), invalid);
    // Being expired as well changes nothing: the signature is judged first.
    assert.deepEqual((await checker.check(await signTicket({ ...options, expiresAt: 1 }))).ok, false);
  });
}

test('refuses what is no ticket, unsigned, never expiring, or endless', async () => {
  const claims = { app: APP.id, sub: 'user', sid: 'session', aud: 'pinhole-gateway' };
  const neverExpiring = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'pinhole-ticket+jwt' })
    .sign(new TextEncoder().encode(APP.secret));
  const unsigned = new UnsecuredJWT({ ...claims, exp: NOW + 60 }).encode();
  const endless = `${await signTicket()}${'A'.repeat(10_000)}`;
  for (const ticket of ['', 'x', 'a.b.c', '..', unsigned, neverExpiring, endless]) {
    assert.deepEqual(await checker.check(ticket), { ok: false, code: 'gateway.ticket_invalid' });
  }
});
