import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { StaticFiles } from './static-files.ts';

describe('static files', () => {
  let root = '';
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'pinhole-test-'));
    mkdirSync(join(root, 'site', 'assets'), { recursive: true });
    writeFileSync(join(root, 'site', 'index.html'), '<!doctype html>');
    writeFileSync(join(root, 'site', 'assets', 'demo-1.js'), 'export {};');
    writeFileSync(join(root, 'site', '.hidden.js'), 'secret');
    writeFileSync(join(root, 'site', 'key.pem'), 'secret');
    writeFileSync(join(root, 'outside.js'), 'secret');
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  const ask = (path: string, headers: Record<string, string> = {}): Promise<Response | undefined> =>
    new StaticFiles(join(root, 'site')).answer(path, new Request('http://h/', { headers }));

  it('are served with their type', async () => {
    const page = await ask('index.html');
    assert.equal(page?.headers.get('content-type'), 'text/html; charset=utf-8');
    assert.equal(await page?.text(), '<!doctype html>');
    assert.equal((await ask('assets/demo-1.js'))?.headers.get('content-type'), 'text/javascript; charset=utf-8');
  });

  it('are asked for again only where they changed', async () => {
    const etag = (await ask('index.html'))?.headers.get('etag') ?? '';
    assert.equal((await ask('index.html', { 'if-none-match': etag }))?.status, 304);
    assert.equal((await ask('index.html', { 'if-none-match': '"other"' }))?.status, 200);
  });

  it('are served anew after a build', async () => {
    const files = new StaticFiles(join(root, 'site'));
    const request = new Request('http://h/');
    writeFileSync(join(root, 'site', 'changing.js'), '1');
    assert.equal(await (await files.answer('changing.js', request))?.text(), '1');
    writeFileSync(join(root, 'site', 'changing.js'), '22');
    assert.equal(await (await files.answer('changing.js', request))?.text(), '22');
  });

  it('leave nothing else in reach', async () => {
    const paths = ['../outside.js', 'assets/../../outside.js', '.hidden.js', 'assets/.hidden.js', '/etc/passwd.js'];
    const more = ['key.pem', 'index.html/', 'assets', '', 'none.js', 'a\0.js', '..%2foutside.js', '..\\outside.js'];
    for (const path of [...paths, ...more]) assert.equal(await ask(path), undefined, path);
    symlinkSync(join(root, 'site', 'assets'), join(root, 'site', 'folder.js'));
    assert.equal(await ask('folder.js'), undefined);
  });
});
