import { randomBytes } from 'node:crypto';
import { connect as connectTcp } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { TransportAddress } from '@pinhole/protocol';
import { type Check, judge, notApplicable, type Observation } from '../check.ts';
import { closesWithin, isAlive, replies } from '../link.ts';
import { holds } from '../observe.ts';
import { StreamLink } from '../stream-link.ts';
import type { Target } from '../target.ts';
import { UdpLink } from '../udp-link.ts';

const CLOSE_MS = 5000;
const HANDSHAKE = 22;
const HELLO_VERIFY_REQUEST = 3;

export const TLS_CHECKS: readonly Check[] = [
  {
    row: 13,
    title: 'TLS: one byte per record, no or a wrong name, foreign ALPN, renegotiation, SSLv2',
    source: 'RFC 8446 §5.1; RFC 7443',
    expected: 'a handshake, whatever the name and ALPN; no renegotiation; SSLv2 closed',
    run: askTls,
  },
  {
    row: 16,
    title: 'DTLS: a ClientHello without a cookie',
    source: 'CVE-2026-73214; RFC 6347 §4.2.1',
    expected: 'no answer, or HelloVerifyRequest: no state for a spoofed address',
    async run({ udp }) {
      await using link = await UdpLink.open(udp);
      const got = await replies(link, dtlsClientHello());
      const kinds = got.filter((bytes) => bytes[0] === HANDSHAKE).map((bytes) => bytes[13]);
      const saw = got.length === 0 ? 'no answer' : `handshake types ${kinds.join(', ')}`;
      const isExpected = kinds.every((kind) => kind === HELLO_VERIFY_REQUEST);
      return judge([holds('first flight', isExpected, saw)]);
    },
  },
];

async function askTls({ tls }: Target): ReturnType<Check['run']> {
  if (tls === undefined) return notApplicable('the server does not listen on TLS');
  return judge([
    await serves('no name', tls, {}),
    await serves('a wrong name', tls, { servername: 'nobody.invalid' }),
    await serves('ALPN stun.turn', tls, { ALPNProtocols: ['stun.turn'] }),
    await servesOrRefuses('foreign ALPN', tls, { ALPNProtocols: ['imap'] }),
    await askOneByteRecords(tls),
    await askRenegotiation(tls),
    await askSslV2(tls),
  ]);
}

type Options = Parameters<typeof StreamLink.tls>[1];

async function serves(what: string, tls: TransportAddress, options: Options): Promise<Observation> {
  try {
    await using link = await StreamLink.tls(tls, options);
    return holds(what, await isAlive(link));
  } catch (error) {
    return holds(what, false, reason(error));
  }
}

/** RFC 7301 §3.2 lets a server refuse a list that has nothing for it; what it must not do is hang. */
async function servesOrRefuses(what: string, tls: TransportAddress, options: Options): Promise<Observation> {
  const { saw } = await serves(what, tls, options);
  return holds(what, !saw.includes('abort'), saw);
}

/** A ClientHello cut as small as records allow: whoever peeks at it must put it together first. */
async function askOneByteRecords({ ip, port }: TransportAddress): Promise<Observation> {
  const hello = await clientHello();
  await using link = new StreamLink(connectTcp({ host: ip, port }), 'tcp');
  link.send(Buffer.concat(Array.from(hello, (byte) => Buffer.of(HANDSHAKE, 3, 1, 0, 1, byte))));
  await link.inbox.take(
    () => false,
    CLOSE_MS,
    () => link.received.length > 0 || link.isClosed,
  );
  const type = link.received[0];
  return holds(
    'one byte per record',
    type === HANDSHAKE || link.isClosed,
    type === HANDSHAKE ? 'handshake' : 'closed or nothing',
  );
}

/** The handshake bytes that this Node's TLS would send first, without their record header. */
async function clientHello(): Promise<Buffer> {
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  const wire = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _encoding, done) => {
      resolve(chunk.subarray(5, 5 + chunk.readUInt16BE(3)));
      done();
    },
  });
  const client = connectTls({ socket: wire as never, ecdhCurve: 'X25519' });
  client.on('error', () => {});
  const hello = await promise;
  client.destroy();
  return hello;
}

async function askRenegotiation(tls: TransportAddress): Promise<Observation> {
  const what = 'renegotiation';
  try {
    await using link = await StreamLink.tls(tls, { maxVersion: 'TLSv1.2' });
    const done = Promise.withResolvers<string>();
    (link.socket as TLSSocket).renegotiate({ rejectUnauthorized: false }, (error) =>
      done.resolve(error === null ? 'done' : 'refused'),
    );
    link.socket.once('close', () => done.resolve('closed'));
    const timer = setTimeout(() => done.resolve('no answer'), CLOSE_MS);
    const saw = await done.promise;
    clearTimeout(timer);
    return holds(what, saw !== 'done', saw);
  } catch (error) {
    return holds(what, true, `no TLS 1.2 (${reason(error)})`);
  }
}

async function askSslV2(tls: TransportAddress): Promise<Observation> {
  await using link = await StreamLink.tcp(tls);
  link.send(
    Buffer.concat([
      Buffer.from('802e0100020015000000100100800200800300800400800500800600400700c0', 'hex'),
      randomBytes(16),
    ]),
  );
  const isClosed = await closesWithin(link, CLOSE_MS);
  return holds('SSLv2 closed', isClosed);
}

function reason(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

/** DTLS 1.2, epoch 0, no cookie, two cipher suites and the extensions without which nobody answers. */
function dtlsClientHello(): Buffer {
  const extensions = Buffer.from('000a00040002001d000b00020100000d000600040403080400170000', 'hex');
  const body = Buffer.concat([
    ...[Buffer.from('fefd', 'hex'), randomBytes(32), Buffer.of(0, 0), Buffer.from('0004c02bc02f', 'hex')],
    ...[Buffer.of(1, 0), uint16(extensions.length), extensions],
  ]);
  const length = Buffer.concat([Buffer.of(0), uint16(body.length)]);
  const handshake = Buffer.concat([Buffer.of(1), length, Buffer.alloc(5), length, body]);
  return Buffer.concat([Buffer.from('16fefd', 'hex'), Buffer.alloc(8), uint16(handshake.length), handshake]);
}

function uint16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 0xff);
}
