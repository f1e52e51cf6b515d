import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

const LIMIT_GZIP_BYTES = 15_000;

test('the browser bundle is one small module that needs nothing of Node and touches nothing global', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pinhole-bundle-'));
  try {
    const { buildClient } = await importBuild();
    const text = await readFile(await buildClient(join(folder, 'pinhole.js')), 'utf8');
    const size = gzipSync(text).length;
    assert.ok(size <= LIMIT_GZIP_BYTES, `${size} bytes`);
    assert.doesNotMatch(text, /\bnode:|\brequire\(|^import|;import\s/m);
    const before = Object.getOwnPropertyNames(globalThis);
    const bundle = await import(`data:text/javascript;base64,${Buffer.from(text).toString('base64')}`);
    assert.deepEqual(Object.keys(bundle).toSorted(), ['ProxyError', 'createProxy']);
    assert.deepEqual(Object.getOwnPropertyNames(globalThis), before);
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** By URL: the build lies outside of what is compiled and published. */
function importBuild(): Promise<{ buildClient(outfile: string): Promise<string> }> {
  return import(new URL('../build.ts', import.meta.url).href);
}
