import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { it } from 'node:test';
import { findExternalIp } from './external-ip.ts';

it('takes the configured address as it is', async () => {
  assert.deepEqual(await findExternalIp('203.0.113.10'), { ip: '203.0.113.10', source: 'config' });
});

it('finds an address of this machine, and says loopback only where there is no other', async () => {
  const { ip, source } = await findExternalIp('auto');
  assert.equal(isIP(ip), 4);
  assert.notEqual(ip, '0.0.0.0');
  assert.equal(ip.startsWith('127.'), source === 'loopback');
});
