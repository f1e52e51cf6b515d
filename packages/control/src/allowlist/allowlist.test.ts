import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type PublicListener, publicEndpoints } from '../endpoints/public-endpoints.ts';
import { allowlistOf } from './allowlist.ts';
import { allowlistCsv, allowlistTable } from './formats.ts';

const LISTENERS: readonly PublicListener[] = [
  { transport: 'udp', port: 3478 },
  { transport: 'tcp', port: 3478 },
  { transport: 'mux', port: 443 },
];

function allowlist(listening: readonly PublicListener[], externalIp = '203.0.113.10') {
  return allowlistOf(publicEndpoints({ config: { host: 'rtc.example.com', listen: [] }, externalIp, listening }));
}

it('has a row per listener, with the address because firewalls do not resolve names', () => {
  assert.deepEqual(allowlist(LISTENERS).endpoints, [
    { protocol: 'udp', ip: '203.0.113.10', port: 3478, purpose: 'media' },
    { protocol: 'tcp', ip: '203.0.113.10', port: 3478, purpose: 'media' },
    { protocol: 'tcp', ip: '203.0.113.10', port: 443, purpose: 'all' },
  ]);
});

it('has a version that changes exactly when the rows do', () => {
  const { version } = allowlist(LISTENERS);
  assert.match(version, /^[0-9a-f]{12}$/);
  assert.equal(allowlist([...LISTENERS].reverse()).version, version);
  assert.notEqual(allowlist(LISTENERS.slice(1)).version, version);
  assert.notEqual(allowlist(LISTENERS, '203.0.113.11').version, version);
});

it('is written as CSV', () => {
  assert.deepEqual(allowlistCsv(allowlist(LISTENERS.slice(2)).endpoints), [
    'protocol,ip,port,purpose',
    'tcp,203.0.113.10,443,all',
  ]);
});

it('is written as a table whose columns line up, also in Chinese', () => {
  const rows = allowlist(LISTENERS).endpoints;
  const words = {
    protocol: 'Protocol',
    ip: 'IP',
    port: 'Port',
    purpose: 'Purpose',
    purposes: { media: 'media', all: 'everything' },
  };
  assert.deepEqual(allowlistTable(rows, words), [
    'Protocol  IP            Port  Purpose',
    'UDP       203.0.113.10  3478  media',
    'TCP       203.0.113.10  3478  media',
    'TCP       203.0.113.10  443   everything',
  ]);
  const chinese = {
    protocol: '协议',
    ip: 'IP',
    port: '端口',
    purpose: '用途',
    purposes: { media: '媒体', all: '全部' },
  };
  assert.deepEqual(allowlistTable(rows.slice(0, 1), chinese), [
    '协议  IP            端口  用途',
    'UDP   203.0.113.10  3478  媒体',
  ]);
});
