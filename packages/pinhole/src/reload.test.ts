import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Config, parseConfig } from '@pinhole/contract';
import { CommandError } from './exit.ts';
import { Reloader } from './reload.ts';

function config(text: string): Config {
  const parsed = parseConfig({ text, file: 'pinhole.yaml' });
  assert.ok(parsed.ok);
  return parsed.config;
}

function setUp(texts: readonly string[], apply: (config: Config) => Promise<void> = async () => {}) {
  const files = [...texts];
  const told: string[] = [];
  const events: string[] = [];
  const note = (event: string, fields?: object): void => void events.push(`${event} ${JSON.stringify(fields)}`);
  const applied: Config[] = [];
  const reloader = new Reloader({
    config: config(''),
    load: () => {
      const parsed = parseConfig({ text: files.shift() ?? '', file: 'pinhole.yaml' });
      if (!parsed.ok) throw CommandError.config('The configuration has problems: pinhole.yaml.', parsed.problems);
      return { config: parsed.config, warnings: parsed.warnings, name: 'pinhole.yaml' };
    },
    apply: async (next) => {
      applied.push(next);
      await apply(next);
    },
    tell: (line) => told.push(line),
    log: { info: note, warn: note, error: note },
  });
  return { reloader, told, events, applied };
}

describe('a reload', () => {
  it('applies what may change and tells the rest that it waits for a restart', async () => {
    const { reloader, told, events, applied } = setUp(['peers: { deny: [10.0.0.9] }\nrealm: elsewhere\n']);
    await reloader.reload();
    assert.deepEqual(told, [
      '! realm: "pinhole" -> "elsewhere" (needs a restart; stays as it was)',
      '  peers.deny: [] -> ["10.0.0.9"]',
    ]);
    assert.deepEqual(events, ['config.reloaded {"changes":1,"needRestart":1}']);
    assert.deepEqual([applied[0]?.peers.deny, applied[0]?.realm], [['10.0.0.9'], 'pinhole']);
    assert.equal(reloader.config, applied[0]);
  });

  it('changes nothing where a rule does not parse, and says where', async () => {
    const { reloader, told, events, applied } = setUp([
      'peers: { deny: [10.0.0.300], public: true }\n',
      'demo: false\n',
    ]);
    const before = reloader.config;
    await reloader.reload();
    assert.match(told[0] ?? '', /^pinhole\.yaml:1:17 peers\.deny\.0: must be an IP address/);
    assert.match(events[0] ?? '', /^config\.reload_refused \{"problems":1/);
    assert.deepEqual(applied, []);
    assert.equal(reloader.config, before);
    await reloader.reload();
    assert.equal(applied.length, 1);
  });

  it('keeps the old configuration as its own where applying fails', async () => {
    const failing = async (): Promise<void> => {
      throw new Error('broken');
    };
    const { reloader, events } = setUp(['log: { level: error }\n'], failing);
    await reloader.reload();
    assert.deepEqual(events, ['config.reload_failed {"error":"broken"}']);
    assert.equal(reloader.config.log.level, 'info');
  });

  it('takes two at once one after the other', async () => {
    const order: string[] = [];
    const { reloader } = setUp(['log: { level: warn }\n', 'log: { level: error }\n'], async ({ log }) => {
      order.push(`begins ${log.level}`);
      await Promise.resolve();
      order.push(`ends ${log.level}`);
    });
    await Promise.all([reloader.reload(), reloader.reload()]);
    assert.deepEqual(order, ['begins warn', 'ends warn', 'begins error', 'ends error']);
    assert.equal(reloader.config.log.level, 'error');
  });
});
