import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Log } from '@pinhole/contract';
import { CertificateWatch } from './certificate-watch.ts';
import { type CertifiedKey, createAuthority } from './development-authority.ts';

describe('certificate files that are watched', () => {
  const now = new Date('2026-11-22T12:00:00Z');
  const pairs: CertifiedKey[] = [];
  let folder = '';
  before(async () => {
    for (let made = 0; made < 3; made += 1) pairs.push(await createAuthority(now));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const open = () => {
    folder ||= mkdtempSync(join(tmpdir(), 'pinhole-test-'));
    const place = mkdtempSync(join(folder, 'watched-'));
    const files = { cert: join(place, 'cert.pem'), key: join(place, 'key.pem') };
    const used: CertifiedKey[] = [];
    const lines: string[] = [];
    const note = (event: string, fields?: object): void => void lines.push(`${event} ${JSON.stringify(fields)}`);
    const log: Log = { info: note, warn: note, error: note };
    const use = (pair: CertifiedKey): void => void used.push(pair);
    const start = (): CertificateWatch =>
      new CertificateWatch({ files, current: pairs[0]!, use, log, now: () => now, settle: 1 });
    return { place, files, used, lines, start };
  };
  const write = ({ cert, key }: { cert: string; key: string }, pair: CertifiedKey): void => {
    for (const [path, text] of [
      [cert, pair.cert],
      [key, pair.key],
    ] as const) {
      writeFileSync(`${path}.new`, text);
      renameSync(`${path}.new`, path);
    }
  };

  it('are used when others are renamed into their place', async () => {
    const { files, used, start } = open();
    write(files, pairs[0]!);
    const watch = start();
    write(files, pairs[1]!);
    await until(() => used.length > 0);
    write(files, pairs[2]!);
    await until(() => used.length > 1);
    watch.close();
    assert.deepEqual(used, [pairs[1], pairs[2]]);
  });

  it('are used when the link that they come by is changed, as for a mounted secret', async () => {
    const { place, files, used, start } = open();
    for (const [i, pair] of pairs.slice(0, 2).entries()) {
      mkdirSync(join(place, `version-${i}`));
      write({ cert: join(place, `version-${i}`, 'cert.pem'), key: join(place, `version-${i}`, 'key.pem') }, pair);
    }
    symlinkSync('version-0', join(place, 'data'));
    for (const path of [files.cert, files.key]) symlinkSync(join('data', basename(path)), path);
    const watch = start();
    symlinkSync('version-1', join(place, 'next'));
    renameSync(join(place, 'next'), join(place, 'data'));
    await until(() => used.length > 0);
    watch.close();
    assert.deepEqual(used, [pairs[1]]);
  });

  it('are left alone where nothing in them is new', () => {
    const { files, used, lines, start } = open();
    write(files, pairs[0]!);
    const watch = start();
    watch.check();
    watch.close();
    assert.deepEqual([used, lines], [[], []]);
  });

  it('are not used while they are wrong, which is said once, and then when they are right', () => {
    const { files, used, lines, start } = open();
    write(files, { cert: pairs[1]!.cert, key: pairs[0]!.key });
    const watch = start();
    for (let look = 0; look < 3; look += 1) watch.check();
    assert.deepEqual(used, []);
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /^tls\.certificate_kept .*is not the key of the certificate/);
    assert.doesNotMatch(lines[0]!, /PRIVATE KEY/);
    rmSync(files.key);
    watch.check();
    assert.match(lines[1]!, /cannot read .*key\.pem/);
    write(files, pairs[1]!);
    watch.check();
    watch.close();
    assert.deepEqual(used, [pairs[1]]);
    assert.match(lines[2]!, /^tls\.certificate_replaced /);
    assert.equal(lines.length, 3);
  });
});

async function until(holds: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + 10_000;
  while (!holds()) {
    if (performance.now() > giveUpAt) throw new Error('The files were not noticed');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
