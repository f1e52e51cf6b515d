import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Attempt } from './attempt.ts';
import { ERROR_TEXTS, type ProxyErrorCode } from './error-texts.ts';
import { ProxyError } from './errors.ts';
import { TLS, UDP } from './testing/doubles.ts';

const session: Attempt = { what: 'session', urls: ['https://h:8443/v1/proxy/session'], outcome: 'works', ms: 5 };
const udp: Attempt = { what: 'udp', urls: [UDP], outcome: 'timeout', ms: 9000 };
const tls: Attempt = { what: 'tls', urls: [TLS], outcome: 'failed', ms: 12.4, code: 701, text: 'no answer' };

/** One error of each factory; together they are all codes. */
const errors: readonly ProxyError[] = [
  ProxyError.invalidOption('app', 'must be the id of an app'),
  ProxyError.tokenUnavailable(new Error('signed out')),
  ProxyError.sessionUnreachable({ ...session, outcome: 'timeout' }),
  ProxyError.sessionRefused(session, 401),
  ProxyError.sessionRefused(session, 403, 'app.mismatch', 'another app'),
  ProxyError.sessionRefused(session, 500),
  ProxyError.sessionInvalidResponse(session, 'regions is no list'),
  ProxyError.unsupported(),
  ProxyError.transportNotOffered('tls', ['udp'], [session]),
  ProxyError.allTransportsFailed([session, udp, tls]),
  ProxyError.startFailed(new TypeError('defect'), []),
  ProxyError.startStopped([]),
  ProxyError.alreadyStarted('ready'),
  ProxyError.notReady('idle', 'rtcConfiguration'),
  ProxyError.invalidSignalingUrl('it has a user name'),
  ProxyError.unknownOrigin('wss://other.example.com', []),
];

test('every code has a factory, texts in both languages, and an entry in ERRORS.md, and the reverse', () => {
  const codes = errors.map(({ code }) => code).toSorted();
  const document = readFileSync(fileURLToPath(new URL('../ERRORS.md', import.meta.url)), 'utf8');
  const documented = [...document.matchAll(/^### `([^`]+)`$/gm)].map(([, code]) => code).toSorted();
  assert.deepEqual(codes, Object.keys(ERROR_TEXTS.en).toSorted());
  assert.deepEqual(codes, Object.keys(ERROR_TEXTS.zh).toSorted());
  assert.deepEqual(documented, codes);
});

test('ERRORS.md quotes the texts that people read, in both languages', () => {
  const document = readFileSync(fileURLToPath(new URL('../ERRORS.md', import.meta.url)), 'utf8');
  for (const code of Object.keys(ERROR_TEXTS.en) as ProxyErrorCode[]) {
    const section = document.split(`### \`${code}\``)[1]?.split('\n### ')[0] ?? '';
    assert.ok(section.includes(`> ${ERROR_TEXTS.en[code]}`), `${code}: the English text`);
    assert.ok(section.includes(`> ${ERROR_TEXTS.zh[code]}`), `${code}: the Chinese text`);
  }
});

test('Chinese texts are Chinese, English ones English, and no placeholder is left', () => {
  for (const error of errors) {
    assert.match(error.userMessage('zh'), /[一-鿿].*。$/, error.code);
    assert.match(error.userMessage('en'), /^[A-Z][ -~]+\.$/, error.code);
    assert.doesNotMatch(error.userMessage('en') + error.userMessage('zh'), /[{}]/, error.code);
  }
});

test('names what a firewall has to open: each address once, the session only where nothing got further', () => {
  const failed = ProxyError.allTransportsFailed([session, udp, tls]);
  assert.match(failed.userMessage('en'), /allow one of: UDP 192\.0\.2\.1:3478, TCP 192\.0\.2\.1:443\.$/);
  const unreachable = ProxyError.sessionUnreachable({ ...session, outcome: 'timeout' });
  assert.match(unreachable.userMessage('en'), /allow TCP h:8443\.$/);
});

test('where the session came through the very port that TLS failed on, the message looks for the certificate', () => {
  const samePort: Attempt = { ...tls, urls: ['turns:h:8443?transport=tcp'] };
  assert.match(ProxyError.allTransportsFailed([session, samePort]).message, /certificate/);
  assert.doesNotMatch(ProxyError.allTransportsFailed([session, tls]).message, /certificate/);
});

test('is recognised by its brand, also across copies of the SDK', () => {
  assert.ok(ProxyError.is(ProxyError.unsupported()));
  assert.ok(ProxyError.is({ [Symbol.for('pinhole.ProxyError')]: true }));
  for (const other of [new Error('x'), undefined, null, 'state.not_ready']) assert.equal(ProxyError.is(other), false);
});
