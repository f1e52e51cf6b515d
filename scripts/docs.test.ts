import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

test('every link inside the documentation leads somewhere', () => {
  const pages = markdownFiles(root);
  assert.ok(pages.length > 10);
  const broken = pages.flatMap((page) => {
    const targets = Array.from(readFileSync(page, 'utf8').matchAll(/\]\(([^)#\s]+)/g), ([, target]) => String(target));
    const local = targets.filter((target) => !/^[a-z]+:/.test(target));
    return local.filter((target) => !existsSync(join(dirname(page), target))).map((target) => `${page}: ${target}`);
  });
  assert.deepEqual(broken, []);
});

function markdownFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name === '.git' || entry.name === 'dist') return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? markdownFiles(path) : entry.name.endsWith('.md') ? [path] : [];
  });
}
