import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { METHOD_BINDING } from '@pinhole/protocol';
import { fromPassword } from './credential-source.ts';
import { packet } from './packet.ts';
import { type RowResult, runSuite } from './run-suite.ts';
import type { Target } from './target.ts';

/** Answers whatever comes with a Binding success of that transaction: wrong in as many ways as a server can be. */
describe('a server that says yes to everything', () => {
  let server: Socket;
  let results: RowResult[];

  before(async () => {
    server = createSocket('udp4', (bytes, { port, address }) => {
      const transactionId = Buffer.concat([bytes.subarray(8, 20), Buffer.alloc(12)]).subarray(0, 12);
      server.send(packet({ messageClass: 'success', method: METHOD_BINDING, transactionId }), port, address);
    });
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    results = await runSuite(targetAt(server.address().port), { only: [1, 2, 3, 7, 12, 16, 26] });
  });
  after(() => server.close());

  for (const row of [1, 2, 3, 7]) {
    test(`fails row ${row}`, () => assert.equal(verdictOf(results, row), 'fail'));
  }

  test('fails row 26, since it gives no allocation to ask with', () => {
    const result = results.find(({ row }) => row === 26);
    assert.equal(result?.verdict, 'fail');
    assert.equal(result?.observed, 'could not be asked: no realm and nonce: success');
  });

  test('is not asked about TCP, where it does not listen', () => {
    assert.equal(verdictOf(results, 12), 'not-applicable');
  });

  test('holds row 16, having no DTLS', () => assert.equal(verdictOf(results, 16), 'pass'));
});

function targetAt(port: number): Target {
  return {
    udp: { family: 4, ip: '127.0.0.1', port },
    tcp: undefined,
    tls: undefined,
    credentials: fromPassword({ username: 'u', password: 'p' }),
    peers: [],
    deniedPeer: undefined,
  };
}

function verdictOf(results: readonly RowResult[], row: number): string | undefined {
  return results.find((result) => result.row === row)?.verdict;
}
