import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Config, parseConfig } from '@pinhole/contract';
import { configDifference, differenceLine, withReloadable } from './config-difference.ts';

const SECRET = 'a-secret-of-thirty-two-characters';
const BEFORE = `
apps: [{ id: demo, secret: ${SECRET}, upstreams: [sfu] }, { id: old, secret: ${SECRET} }]
upstreams: [{ name: sfu, signaling: "http://10.0.0.5", media: [10.0.0.5] }]
`;

function config(text: string): Config {
  const parsed = parseConfig({ text, file: 'pinhole.yaml' });
  assert.ok(parsed.ok);
  return parsed.config;
}

function lines(before: string, after: string): readonly string[] {
  return configDifference(config(before), config(after)).map(differenceLine);
}

describe('the difference of two configurations', () => {
  it('is empty where nothing differs, however it is written', () => {
    assert.deepEqual(lines(BEFORE, `realm: "pinhole"${BEFORE}`), []);
    assert.deepEqual(lines('', 'apps: []\n'), []);
  });

  it('names each value by its path, the items of lists by their names, in any order', () => {
    const after = `
upstreams: [{ name: sfu, signaling: "http://10.0.0.5", media: ["10.0.0.5:5000-6000"] }]
apps: [{ id: new, secret: ${SECRET} }, { id: demo, secret: ${SECRET}, upstreams: [sfu] }]
peers: { deny: [10.0.0.9] }
`;
    assert.deepEqual(lines(BEFORE, after), [
      '  peers.deny: [] -> ["10.0.0.9"]',
      '  apps.old.id: removed "old"',
      '  apps.old.secret: removed',
      '  upstreams.sfu.media: ["10.0.0.5"] -> ["10.0.0.5:5000-6000"]',
      '  apps.new.id: added "new"',
      '  apps.new.secret: added',
    ]);
  });

  it('says that a secret changed, and never what it was or is', () => {
    const other = 'another-secret-of-many-characters';
    const told = lines(BEFORE, BEFORE.replace(SECRET, other));
    assert.deepEqual(told, ['  apps.demo.secret: changed']);
  });

  it('names what a reload leaves as it was', () => {
    const told = lines(BEFORE, `realm: elsewhere\nrelay: { maxPort: 60000 }\nmetrics: { port: 9000 }${BEFORE}`);
    assert.deepEqual(told, [
      '! realm: "pinhole" -> "elsewhere" (needs a restart; stays as it was)',
      '! relay.maxPort: 65535 -> 60000 (needs a restart; stays as it was)',
      '! metrics.port: 9641 -> 9000 (needs a restart; stays as it was)',
    ]);
  });
});

it('a reload takes over tenants, rules, limits and the log, and keeps listeners, addresses and folders', () => {
  const before = config(BEFORE);
  const text = `realm: elsewhere\ndataDir: ./other\nlisten: [{ port: 1, transport: udp }]\nlog: { level: warn }\nlimits: { allocations: 7 }\n`;
  const merged = withReloadable(before, config(text));
  assert.deepEqual(
    [merged.realm, merged.dataDir, merged.listen, merged.relay],
    [before.realm, before.dataDir, before.listen, before.relay],
  );
  assert.deepEqual([merged.apps, merged.upstreams, merged.log.level, merged.limits.allocations], [[], [], 'warn', 7]);
});
