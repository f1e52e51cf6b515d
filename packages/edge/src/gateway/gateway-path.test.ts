import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGatewayPath } from './gateway-path.ts';

const good: readonly (readonly [target: string, rest: string])[] = [
  ['/g/t/sfu', ''],
  ['/g/t/sfu/', '/'],
  ['/g/t/sfu?token=x', '?token=x'],
  ['/g/t/sfu/janus?a=1&b=%0a', '/janus?a=1&b=%0a'],
  ['/g/t/sfu/a%2Fb/c%20d', '/a%2Fb/c%20d'],
  ['/g/t/sfu/a//b', '/a//b'],
  ['/g/t/sfu/...', '/...'],
  ['/g/t/sfu/.well-known/x..y', '/.well-known/x..y'],
  ['/g/t/sfu/user@host/x', '/user@host/x'],
  ['/g/t/sfu/x?next=//evil/../..', '/x?next=//evil/../..'],
];
for (const [target, rest] of good) {
  test(`reads ${target}`, () => {
    assert.deepEqual(parseGatewayPath(target), { ticket: 't', upstream: 'sfu', rest });
  });
}

test('takes what comes after an at sign for a part of the name, never for a host', () => {
  assert.equal(parseGatewayPath('/g/t/sfu@evil.example/x')?.upstream, 'sfu@evil.example');
});

const bad: readonly string[] = [
  '/g/',
  '/g/t',
  '/g/t/',
  '/g//sfu/x',
  '//g/t/sfu/x',
  'http://evil.example/g/t/sfu/x',
  '/G/t/sfu/x',
  '/g/t/sfu//evil.example/x',
  '/g/t/sfu/../x',
  '/g/t/sfu/a/..',
  '/g/t/sfu/./x',
  '/g/t/sfu/%2e%2e/x',
  '/g/t/sfu/.%2E/x',
  '/g/t/sfu/%2e%2e%2fx',
  '/g/t/sfu/..%2fx',
  '/g/t/sfu/..%5cx',
  '/g/t/sfu/a%2f..%2fb',
  '/g/t/sfu/..;x=1/admin',
  '/g/t/sfu/..%3bx/admin',
  '/g/t/sfu/..\\x',
  '/g/t/sfu/a\\b',
  '/g/t/sfu/a%0d%0aX-Evil:%201',
  '/g/t/sfu/a%00b',
  '/g/t/sfu/a b',
  '/g/t/sfu/\r\nX-Evil: 1',
  '/g/t/sfu/\u00e9',
  '/g/t/sfu/x#y',
];
for (const target of bad) {
  test(`refuses ${JSON.stringify(target)}`, () => {
    assert.equal(parseGatewayPath(target), undefined);
  });
}
