import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayNameLeadTo } from './name-targets.ts';

for (const ip of ['10.0.0.5', '192.168.1.1', '172.16.0.1', '203.0.113.9', '2001:db8::1', 'fd00::1', '100.64.0.1']) {
  test(`lets a name lead to ${ip}`, () => {
    assert.equal(mayNameLeadTo('sfu.example.com', ip), true);
  });
}

const forbidden: readonly string[] = [
  '127.0.0.1',
  '127.255.255.254',
  '::1',
  '0.0.0.0',
  '::',
  '169.254.169.254',
  'fe80::1',
  'fe80::1%eth0',
  'fd00:ec2::254',
  'fd20:ce::254',
  '100.100.100.200',
  '168.63.129.16',
  '224.0.0.1',
  'ff02::1',
  '255.255.255.255',
  '::ffff:127.0.0.1',
  '::ffff:169.254.169.254',
  '64:ff9b::a9fe:a9fe',
  '2002:7f00:1::',
  'no address',
];
for (const ip of forbidden) {
  test(`lets no name lead to ${ip}`, () => {
    assert.equal(mayNameLeadTo('sfu.example.com', ip), false);
  });
}

test('lets localhost lead to loopback and to nothing else', () => {
  assert.equal(mayNameLeadTo('localhost', '127.0.0.1'), true);
  assert.equal(mayNameLeadTo('sfu.localhost', '::1'), true);
  assert.equal(mayNameLeadTo('localhost', '10.0.0.5'), false);
  assert.equal(mayNameLeadTo('localhost.evil.example', '127.0.0.1'), false);
  assert.equal(mayNameLeadTo('notlocalhost', '127.0.0.1'), false);
});
