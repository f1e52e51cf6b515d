import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseOptions, UsageError } from './command-line.ts';

const SECRET = ['--secret', 's'.repeat(32)];

describe('the command line of the attack suite', () => {
  test('refuses a server that is not on this machine unless its owner says so', () => {
    assert.throws(() => parseOptions(['--server', '192.0.2.1', ...SECRET]), /--i-own-this-server/);
    assert.throws(() => parseOptions(['--server', '::ffff:192.0.2.1', ...SECRET]), /--i-own-this-server/);
    assert.equal(parseOptions(['--server', '192.0.2.1', '--i-own-this-server', ...SECRET]).udp.ip, '192.0.2.1');
  });

  test('takes a server on loopback, and asks streams only where it is told a port', () => {
    const options = parseOptions(['--server', '127.0.0.1', '--tls-port', '5349', ...SECRET]);
    assert.deepEqual(options.udp, { family: 4, ip: '127.0.0.1', port: 3478 });
    assert.equal(options.tcp, undefined);
    assert.equal(options.tls?.port, 5349);
  });

  test('reads rows, peers of both families and the denied one', () => {
    const peers = ['--peer', '127.0.0.1:9', '--peer', '[::1]:10', '--denied-peer', '127.0.0.2:11'];
    const options = parseOptions(['--server', '127.0.0.1', '--only', '17,18', ...SECRET, ...peers]);
    assert.deepEqual(options.only, [17, 18]);
    assert.deepEqual(options.peers, [
      { family: 4, ip: '127.0.0.1', port: 9 },
      { family: 6, ip: '::1', port: 10 },
    ]);
    assert.equal(options.deniedPeer?.port, 11);
  });

  for (const args of [
    ['--server', 'turn.example.com', ...SECRET],
    ['--server', '127.0.0.1'],
    ['--server', '127.0.0.1', '--username', 'u'],
    ['--server', '127.0.0.1', '--port', 'x', ...SECRET],
    ['--server', '127.0.0.1', '--peer', '127.0.0.1', ...SECRET],
    ['--server', '127.0.0.1', '--only', '17,x', ...SECRET],
    ['--server', '127.0.0.1', '--only', '23', ...SECRET],
    ['--unknown'],
    SECRET,
  ]) {
    test(`refuses: ${args.join(' ')}`, () => assert.throws(() => parseOptions(args), UsageError));
  }
});
