import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parsePeerRule } from './peer-rule.ts';

describe('a peer rule is an address, a range or a name, with or without ports', () => {
  const right: readonly (readonly [string, object])[] = [
    ['10.0.0.5', { kind: 'addresses', range: '10.0.0.5' }],
    ['10.0.0.0/24', { kind: 'addresses', range: '10.0.0.0/24' }],
    ['10.0.0.0/24:5000-6000', { kind: 'addresses', range: '10.0.0.0/24', ports: { min: 5000, max: 6000 } }],
    ['10.0.0.5:443', { kind: 'addresses', range: '10.0.0.5', ports: { min: 443, max: 443 } }],
    ['0.0.0.0/0:1-1023', { kind: 'addresses', range: '0.0.0.0/0', ports: { min: 1, max: 1023 } }],
    ['2001:db8::1', { kind: 'addresses', range: '2001:db8::1' }],
    ['2001:db8::/32', { kind: 'addresses', range: '2001:db8::/32' }],
    ['[2001:db8::1]', { kind: 'addresses', range: '2001:db8::1' }],
    ['[2001:db8::1]:443', { kind: 'addresses', range: '2001:db8::1', ports: { min: 443, max: 443 } }],
    ['[2001:db8::/32]:1-65535', { kind: 'addresses', range: '2001:db8::/32', ports: { min: 1, max: 65535 } }],
    ['sfu.example.com', { kind: 'name', hostname: 'sfu.example.com' }],
    ['SFU.Example.com:5000', { kind: 'name', hostname: 'sfu.example.com', ports: { min: 5000, max: 5000 } }],
    ['janus:20000-29999', { kind: 'name', hostname: 'janus', ports: { min: 20_000, max: 29_999 } }],
  ];
  for (const [text, rule] of right) test(text, () => assert.deepEqual(parsePeerRule(text), { ...rule, text }));
});

describe('what is no rule is refused with a reason, and never read as something near it', () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['', /^must be an IP address/],
    ['10.0.0.256', /^must be an IP address/],
    ['10.0.0', /^must be an IP address/],
    ['010.0.0.1', /^must be an IP address/],
    ['0x7f.1', /^must be an IP address/],
    ['example.0x7f', /^must be an IP address/],
    ['10.0.0.5/24', /write "10\.0\.0\.0\/24"/],
    ['10.0.0.0/33', /prefix length of 0-32/],
    ['2001:db8::1/129', /prefix length of 0-128/],
    ['10.0.0.5:', /^must have a port/],
    ['10.0.0.5:0', /^must have a port/],
    ['10.0.0.5:65536', /^must have a port/],
    ['10.0.0.5:6000-5000', /^must have a port/],
    ['10.0.0.5:*', /^must have a port/],
    [':5000', /^must be an IP address/],
    ['[10.0.0.5]:443', /IPv6 address in its brackets/],
    ['[sfu.example.com]:443', /IPv6 address in its brackets/],
    ['[2001:db8::1', /^must be an IP address/],
    ['[2001:db8::1]443', /^must be an IP address/],
    ['fe80::1%eth0', /^must be an IP address/],
    ['-sfu.example.com', /^must be an IP address/],
    ['sfu..example.com', /^must be an IP address/],
    ['*.example.com', /^must be an IP address/],
    ['http://sfu.example.com', /^must have a port|^must be an IP address/],
    ['sfu.example.com/24', /^must be an IP address/],
    ['10.0.0.1-10.0.0.9', /^must be an IP address/],
  ];
  for (const [text, reason] of wrong)
    test(JSON.stringify(text), () => {
      const parsed = parsePeerRule(text);
      assert.ok('problem' in parsed);
      assert.match(parsed.problem, reason);
    });
});
