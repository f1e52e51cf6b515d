import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LogConfig, LogFields } from '@pinhole/contract';
import { createLog, type LogFormat } from './log.ts';

function lineOf(format: LogFormat, fields: LogFields): string {
  const lines: string[] = [];
  const log = createLog({ format, write: (line) => lines.push(line), now: () => new Date(1_795_000_000_000) });
  log.warn('part.thing_happened', fields);
  assert.equal(lines.length, 1);
  return lines[0]!;
}

describe('the log', () => {
  it('writes one line per event, as text', () => {
    const line = lineOf('text', { ip: '2001:db8::1', port: 3478, why: 'not here', none: undefined });
    assert.equal(
      line,
      '2026-11-18T11:06:40.000Z warn  part.thing_happened ip=2001:db8::1 port=3478 why="not here" none=undefined',
    );
  });

  it('writes one line per event, as JSON, whose own members no field replaces', () => {
    const line = lineOf('json', { port: 3478, level: 'info', event: 'forged', error: new Error('broken') });
    assert.deepEqual(JSON.parse(line), {
      time: '2026-11-18T11:06:40.000Z',
      level: 'warn',
      event: 'part.thing_happened',
      port: 3478,
      error: 'broken',
    });
  });

  it('escapes what would break the line or steer a terminal', () => {
    const evil = 'a\r\n\u001b[2J\u0007\u009b\u2028\u202e\u007f"b';
    for (const format of ['text', 'json'] as const) {
      const line = lineOf(format, { name: evil, error: new Error(evil) });
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there.
      assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
    }
    assert.equal(JSON.parse(lineOf('json', { name: evil })).name, evil);
  });

  it('writes no field whose name says that it is a secret', () => {
    const fields = { token: 's3cret', appSecret: 's3cret', ticket: 's3cret', password: 's3cret' };
    for (const format of ['text', 'json'] as const) assert.doesNotMatch(lineOf(format, fields), /s3cret/);
  });
});

describe('what the configuration says of the log', () => {
  const clients = [
    ['203.0.113.77:40000', '203.0.113.0/24'],
    ['203.0.113.77', '203.0.113.0/24'],
    ['[2001:db8:1:2::9]:40000', '2001:db8:1::/48'],
    ['2001:db8:1:2::9', '2001:db8:1::/48'],
    ['::ffff:203.0.113.77', '203.0.113.0/24'],
    ['somebody', '[redacted]'],
  ] as const;
  for (const [client, shown] of clients)
    it(`shows the client ${client} as ${shown}, and the peer in full`, () => {
      const { client: logged, ip } = JSON.parse(lineOf('json', { client, ip: '10.0.0.5' }));
      assert.deepEqual([logged, ip], [shown, '10.0.0.5']);
    });

  it('shows clients in full where it was told to, and leaves out what is less important than wanted', () => {
    const lines: string[] = [];
    const settings = { level: 'warn', addresses: 'full' } as LogConfig;
    const log = createLog({
      format: 'json',
      write: (line) => lines.push(line),
      now: () => new Date(0),
      settings: () => settings,
    });
    log.info('part.chatter');
    log.warn('part.warned', { client: '203.0.113.77:40000' });
    log.error('part.failed');
    assert.deepEqual(
      lines.map((line) => [JSON.parse(line).event, JSON.parse(line).client]),
      [
        ['part.warned', '203.0.113.77:40000'],
        ['part.failed', undefined],
      ],
    );
  });
});
