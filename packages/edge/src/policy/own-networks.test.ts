import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownNetworks } from './own-networks.ts';

test('knows the broadcast address of each IPv4 network, and none where a network has no room for one', () => {
  const { ips, broadcasts } = ownNetworks([
    { address: '10.1.2.3', netmask: '255.255.255.0' },
    { address: '172.16.5.9', netmask: '255.240.0.0' },
    { address: '192.0.2.1', netmask: '255.255.255.254' },
    { address: '192.0.2.7', netmask: '255.255.255.255' },
    { address: 'fe80::1%eth0', netmask: 'ffff:ffff:ffff:ffff::' },
  ]);
  assert.deepEqual(broadcasts, ['10.1.2.255', '172.31.255.255']);
  assert.deepEqual(ips, ['10.1.2.3', '172.16.5.9', '192.0.2.1', '192.0.2.7', 'fe80::1']);
});
