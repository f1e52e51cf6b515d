import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { TransportAddress } from '@pinhole/protocol';
import { openTcp, openTls } from './ends.ts';
import { bindingRequest } from './packets.ts';
import type { OpenBench } from './suite.ts';

const RECORD_HEADER_LENGTH = 5;

/** What clients do in a handshake, and after it, that is unusual or hostile. */
export function tlsFacts(open: OpenBench): void {
  test('finishes a handshake whose ClientHello comes in records of one byte', async () => {
    await using bench = await open();
    const client = await openInTinyRecords(await bench.listen('mux'));
    client.write(bindingRequest(1));
    assert.deepEqual((await bench.sink.messages.next()).bytes, bindingRequest(1));
    client.destroy();
  });

  for (const [what, servername] of [
    ['sends no server name', ''],
    ['asks for a server name that is not ours', 'somewhere-else.example'],
  ] as const) {
    test(`serves a client that ${what}`, async () => {
      await using bench = await open();
      const client = bench.use(await openTls(await bench.listen('mux'), { servername }));
      client.send(bindingRequest(2));
      assert.deepEqual((await bench.sink.messages.next()).bytes, bindingRequest(2));
    });
  }

  test('refuses to renegotiate', async () => {
    await using bench = await open();
    const client = bench.use(await openTls(await bench.listen('mux'), { maxVersion: 'TLSv1.2' }));
    const socket = client.socket as TLSSocket;
    assert.equal(socket.getProtocol(), 'TLSv1.2');
    const refused = new Promise<unknown>((resolve) => {
      socket.once('error', resolve);
      socket.renegotiate({ rejectUnauthorized: false }, resolve);
    });
    assert.match(String(await refused), /no.renegotiation/i);
  });
}

/** Runs the handshake through a socket that cuts the first record, the ClientHello, into records of one byte. */
async function openInTinyRecords(server: TransportAddress): Promise<TLSSocket> {
  const { socket } = await openTcp(server);
  let isFirst = true;
  const cutting = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _encoding, done) => {
      socket.write(isFirst ? inTinyRecords(chunk) : chunk);
      isFirst = false;
      done();
    },
    destroy: (error, done) => {
      socket.destroy();
      done(error);
    },
  });
  socket.on('data', (chunk) => cutting.push(chunk));
  const tlsSocket = connectTls({ socket: cutting, rejectUnauthorized: false });
  await once(tlsSocket, 'secureConnect');
  return tlsSocket;
}

/** The bytes of one record, each as a record of its own: the same handshake message (RFC 8446 §5.1). */
function inTinyRecords(record: Buffer): Buffer {
  const [type = 0, major = 0, minor = 0] = record;
  const bytes = [...record.subarray(RECORD_HEADER_LENGTH)];
  assert.equal(bytes.length, record.readUInt16BE(3), 'one record');
  return Buffer.from(bytes.flatMap((byte) => [type, major, minor, 0, 1, byte]));
}
