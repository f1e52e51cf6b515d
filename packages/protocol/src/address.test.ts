import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatAddress, formatIp, parseIp, transportAddress } from './address.ts';
import { anyAddress } from './stun/arbitrary.test.support.ts';

test('canonical text of an address reads back as the same address', () => {
  fc.assert(fc.property(anyAddress(), ({ ip, port }) => transportAddress(ip, port)?.ip === ip));
});

test('one IPv6 address has one text, by RFC 5952', () => {
  const canonical: [string, string][] = [
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['::1', '::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['::ffff:7f00:1', '::ffff:127.0.0.1'],
    ['::ffff:127.0.0.1', '::ffff:127.0.0.1'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ];
  for (const [text, expected] of canonical) assert.equal(formatIp(parseIp(text) ?? new Uint8Array(4)), expected);
});

test('text that is no address, or could mean two, is refused', () => {
  const refused = [
    '',
    '1.2.3',
    '1.2.3.4.5',
    '01.2.3.4',
    '1.2.3.256',
    '0x7f.0.0.1',
    '1.2.3.4 ',
    ':',
    ':::',
    '1:2:3:4:5:6:7',
  ];
  refused.push(
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    '::1.2.3',
    '1.2.3.4::',
    'fe80::1%eth0',
    '12345::',
    '::g',
    '1:2:3:4:5:6:7::8:9',
  );
  for (const text of refused) assert.equal(parseIp(text), undefined, text);
});

test('an address with its port is written with brackets where it is IPv6', () => {
  assert.equal(formatAddress({ family: 4, ip: '192.0.2.1', port: 80 }), '192.0.2.1:80');
  assert.equal(formatAddress({ family: 6, ip: '2001:db8::1', port: 80 }), '[2001:db8::1]:80');
  assert.equal(transportAddress('192.0.2.1', 65536), undefined);
});
