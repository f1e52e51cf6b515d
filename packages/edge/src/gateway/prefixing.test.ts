import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Place, prefixedLocation, scopedCookie } from './prefixing.ts';
import { createUpstream } from './upstream.ts';

function place(signaling: string, path: string): Place {
  const origins = ['wss://sfu.example.com'];
  return { upstream: createUpstream({ name: 'sfu', signaling, media: [], origins }), prefix: '/g/t/sfu', path };
}

const atRoot = place('http://10.0.0.5:8188', '/api/login');
const below = place('http://10.0.0.5:8188/base', '/base/api/login');

const inside: readonly (readonly [Place, location: string, expected: string])[] = [
  [atRoot, '/next?x=1#y', '/g/t/sfu/next?x=1#y'],
  [atRoot, 'next', '/g/t/sfu/api/next'],
  [atRoot, '../up', '/g/t/sfu/up'],
  [atRoot, '?again', '/g/t/sfu/api/login?again'],
  [atRoot, 'http://10.0.0.5:8188/next', '/g/t/sfu/next'],
  [atRoot, 'ws://10.0.0.5:8188/next', '/g/t/sfu/next'],
  [atRoot, 'https://sfu.example.com/next', '/g/t/sfu/next'],
  [atRoot, '//10.0.0.5:8188/next', '/g/t/sfu/next'],
  [below, '/base/next', '/g/t/sfu/next'],
  [below, '/base', '/g/t/sfu/'],
  [below, 'https://sfu.example.com/next', '/g/t/sfu/next'],
];
for (const [where, location, expected] of inside) {
  test(`rewrites ${location} below ${where.upstream.basePath || '/'} into the prefix`, () => {
    assert.equal(prefixedLocation(location, where), expected);
  });
}

const outside: readonly (readonly [Place, location: string])[] = [
  [atRoot, 'http://evil.example/'],
  [atRoot, '//evil.example/'],
  [atRoot, '/\\evil.example/'],
  [atRoot, 'https://10.0.0.5:8188/'],
  [atRoot, 'http://10.0.0.5/'],
  [atRoot, 'http://10.0.0.5:8188@evil.example/'],
  [atRoot, 'http://user@10.0.0.5:8188/'],
  [atRoot, 'http://169.254.169.254/latest/meta-data'],
  [atRoot, 'javascript:alert(1)'],
  [atRoot, 'http://['],
  [below, '/other'],
  [below, '/basement'],
  [below, '/base/../other'],
];
for (const [where, location] of outside) {
  test(`knows no place for ${location} below ${where.upstream.basePath || '/'}`, () => {
    assert.equal(prefixedLocation(location, where), undefined);
  });
}

const cookies: readonly (readonly [Place, cookie: string, expected: string])[] = [
  [atRoot, 'a=1', 'a=1; Path=/g/t/sfu/'],
  [atRoot, 'a=1; Path=/; HttpOnly; Secure', 'a=1; HttpOnly; Secure; Path=/g/t/sfu/'],
  [atRoot, 'a=1; path=/api;Domain=sfu.example.com', 'a=1; Path=/g/t/sfu/api'],
  [atRoot, 'a=1; PATH = /api', 'a=1; Path=/g/t/sfu/api'],
  [atRoot, 'a=1; Path=/x; Path=/y', 'a=1; Path=/g/t/sfu/y'],
  [below, 'a=1; Path=/base/x', 'a=1; Path=/g/t/sfu/x'],
  [below, 'a=1; Path=/elsewhere', 'a=1; Path=/g/t/sfu/'],
];
for (const [where, cookie, expected] of cookies) {
  test(`scopes the cookie ${JSON.stringify(cookie)} below ${where.upstream.basePath || '/'}`, () => {
    assert.equal(scopedCookie(cookie, where), expected);
  });
}
