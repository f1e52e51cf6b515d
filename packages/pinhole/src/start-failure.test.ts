import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { parseConfig } from '@pinhole/contract';
import { CommandError } from './exit.ts';
import { startFailure } from './start-failure.ts';

const parsed = parseConfig({ text: '', file: 'test' });
assert.ok(parsed.ok);
const { config } = parsed;

function messageOf(error: unknown, changed = config): string {
  return startFailure(error, changed).message;
}

describe('a start that fails', () => {
  it('names the UDP port that is taken, by what kind of thing, and the option that changes it', async () => {
    const [first, second] = [createSocket('udp4'), createSocket('udp4')];
    await new Promise<void>((resolve) => first.bind(0, '127.0.0.1', resolve));
    const { port } = first.address();
    const error = await new Promise((resolve) => second.on('error', resolve).bind(port, '127.0.0.1'));
    first.close();
    second.close();
    const listen = [{ ip: '127.0.0.1', port, transport: 'udp' as const }];
    // The edge wraps the system's error in its own.
    assert.equal(
      messageOf(new Error('cannot listen', { cause: error }), { ...config, listen }),
      `UDP port ${port} on 127.0.0.1 is taken by another program, perhaps a TURN server or another Pinhole (as root "ss -Hulpn 'sport = :${port}'" names it). Stop it, or choose another port: --set listen.0.port=${port + 1}`,
    );
  });

  it('names the TCP port that is taken', async () => {
    const [first, second] = [createServer(), createServer()];
    await new Promise<void>((resolve) => first.listen(0, '127.0.0.1', resolve));
    const { port } = first.address() as { port: number };
    const error = await new Promise((resolve) => second.on('error', resolve).listen(port, '127.0.0.1'));
    await new Promise((resolve) => first.close(resolve));
    assert.match(
      messageOf(error, { ...config, metrics: { ip: '127.0.0.1', port } }),
      /^TCP port \d+ on 127\.0\.0\.1 is taken by another program, perhaps a web server .*: --set metrics\.port=\d+$/,
    );
  });

  it('says what a port below 1024 needs', () => {
    const error = Object.assign(new Error('x'), { code: 'EACCES', syscall: 'listen', address: '0.0.0.0', port: 443 });
    const listen = [{ ip: '0.0.0.0', port: 443, transport: 'mux' as const }];
    assert.equal(
      messageOf(error, { ...config, listen }),
      'TCP port 443 on 0.0.0.0 needs root or CAP_NET_BIND_SERVICE. Grant it, or choose a port above 1023: --set listen.0.port=8443',
    );
  });

  it('keeps errors that say it already, and gives the reason of any other', () => {
    const own = CommandError.usage('tls.cert: no file');
    assert.equal(startFailure(own, config), own);
    assert.equal(messageOf(new Error('no luck')), 'Pinhole cannot start: no luck.');
  });
});
