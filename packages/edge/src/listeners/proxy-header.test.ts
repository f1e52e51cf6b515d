import assert from 'node:assert/strict';
import { test } from 'node:test';
import { transportAddress } from '@pinhole/protocol';
import fc from 'fast-check';
import { binaryHeader, lineHeader, PROXIED_CLIENT, PROXIED_SERVER } from './proxy-header.test.support.ts';
import { MAX_LINE_LENGTH, type ProxyHeader, parseProxyHeader } from './proxy-header.ts';

const ascii = (text: string): Uint8Array => Buffer.from(text, 'latin1');

const CLIENT_6 = transportAddress('2001:db8::17', 65535)!;
const SERVER_6 = transportAddress('2001:db8::1', 443)!;

test('reads version 1 and version 2, over IPv4 and IPv6', () => {
  const ends4 = { clientAddress: PROXIED_CLIENT, serverAddress: PROXIED_SERVER };
  const ends6 = { clientAddress: CLIENT_6, serverAddress: SERVER_6 };
  for (const header of [lineHeader(), binaryHeader()]) {
    assert.deepEqual(parseProxyHeader(header), { outcome: 'proxied', byteLength: header.length, ends: ends4 });
  }
  for (const header of [lineHeader(CLIENT_6, SERVER_6), binaryHeader(CLIENT_6, SERVER_6)]) {
    assert.deepEqual(parseProxyHeader(header), { outcome: 'proxied', byteLength: header.length, ends: ends6 });
  }
});

test('names an IPv4 client that a proxy writes as IPv4-mapped by its IPv4 address', () => {
  const client = transportAddress('::ffff:203.0.113.9', 5)!;
  for (const header of [lineHeader(client, SERVER_6), binaryHeader(client, SERVER_6)]) {
    const parsed = parseProxyHeader(header);
    assert.ok(parsed.outcome === 'proxied');
    assert.deepEqual(parsed.ends.clientAddress, { family: 4, ip: '203.0.113.9', port: 5 });
  }
});

test('steps over 64 KB of extensions, and no further', () => {
  const header = binaryHeader(PROXIED_CLIENT, PROXIED_SERVER, new Uint8Array(0xffff - 12));
  assert.equal(header.length, 16 + 0xffff);
  assert.equal(parseProxyHeader(header.subarray(0, -1)).outcome, 'incomplete');
  const parsed = parseProxyHeader(Buffer.concat([header, ascii('GET')]));
  assert.ok(parsed.outcome === 'proxied');
  assert.equal(parsed.byteLength, header.length);
});

test('takes LOCAL as the proxy speaking for itself, whatever addresses stand beside it', () => {
  const header = binaryHeader();
  header[12] = 0x20;
  header[13] = 0;
  assert.deepEqual(parseProxyHeader(header), { outcome: 'local', byteLength: header.length });
});

function changed(at: number, value: number): Uint8Array {
  const header = binaryHeader();
  header[at] = value;
  return header;
}

const refused: readonly (readonly [string, Uint8Array])[] = [
  ['text of another protocol', ascii('GET / HTTP/1.1\r\n')],
  ['STUN', Uint8Array.of(0, 1)],
  ['a TLS hello', Uint8Array.of(22, 3, 1)],
  ['UNKNOWN', ascii('PROXY UNKNOWN\r\n')],
  ['UDP in version 1', ascii('PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n')],
  ['an IPv4 address for TCP6', ascii('PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n')],
  ['an address that is none', ascii('PROXY TCP4 192.0.2.256 192.0.2.2 1 2\r\n')],
  ['a port above 65535', ascii('PROXY TCP4 192.0.2.1 192.0.2.2 65536 2\r\n')],
  ['a port with a leading zero', ascii('PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n')],
  ['two spaces', ascii('PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n')],
  ['more after the ports', ascii('PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n')],
  ['a line without end', ascii('PROXY TCP4 '.padEnd(MAX_LINE_LENGTH, '1'))],
  ['a wrong signature', changed(11, 0x0b)],
  ['version 1 in the binary form', changed(12, 0x11)],
  ['an unknown command', changed(12, 0x22)],
  ['an unspecified family', changed(13, 0x00)],
  ['UDP in version 2', changed(13, 0x12)],
  ['a Unix socket', changed(13, 0x31)],
  ['a length below its addresses', changed(15, 11)],
];
for (const [what, bytes] of refused) {
  test(`refuses ${what}`, () => assert.deepEqual(parseProxyHeader(bytes), { outcome: 'invalid' }));
}

test('waits for the end of a version 1 line up to 107 bytes, its end included', () => {
  const atLimit = ascii(`${'PROXY '.padEnd(MAX_LINE_LENGTH - 2, 'x')}\r\n`);
  assert.equal(parseProxyHeader(atLimit.subarray(0, -1)).outcome, 'incomplete');
  assert.equal(parseProxyHeader(atLimit).outcome, 'invalid');
});

const address4 = fc.tuple(fc.ipV4(), fc.nat(0xffff)).map(([ip, port]) => transportAddress(ip, port)!);
const header = fc.oneof(
  fc.tuple(address4, address4).map(([client, server]) => lineHeader(client, server)),
  fc
    .tuple(address4, address4, fc.uint8Array({ maxLength: 60 }))
    .map(([client, server, extensions]) => binaryHeader(client, server, extensions)),
);

test('property: any split of a header and what follows gives the same answer', () => {
  fc.assert(
    fc.property(header, fc.uint8Array({ maxLength: 40 }), (start, rest) => {
      const whole = Buffer.concat([start, rest]);
      const expected = parseProxyHeader(whole);
      assert.ok(expected.outcome === 'proxied' && expected.byteLength === start.length);
      for (let end = 0; end <= whole.length; end += 1) {
        const parsed = parseProxyHeader(whole.subarray(0, end));
        assert.deepEqual(parsed, end < start.length ? { outcome: 'incomplete' } : expected);
      }
    }),
    { seed: 20_261_122 },
  );
});

test('property: whatever is sent, more bytes never change an answer that was given', () => {
  const start = fc.constantFrom(lineHeader(), binaryHeader());
  const damaged = fc.tuple(start, fc.nat(200), fc.nat(255)).map(([bytes, at, value]) => {
    const copy = Uint8Array.from(bytes);
    copy[at % copy.length] = value;
    return copy;
  });
  fc.assert(
    fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 200 })), (bytes) => {
      let given: ProxyHeader | undefined;
      for (let end = 0; end <= bytes.length; end += 1) {
        const parsed = parseProxyHeader(bytes.subarray(0, end));
        if (given !== undefined) assert.deepEqual(parsed, given);
        else if (parsed.outcome !== 'incomplete') given = parsed;
      }
    }),
    { seed: 20_261_122 },
  );
});
