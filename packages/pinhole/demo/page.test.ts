import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fill } from './language.ts';
import { en } from './messages/en.ts';
import { zh } from './messages/zh.ts';

const html: string = readFileSync(new URL('index.html', import.meta.url), 'utf8');
const css: string = readFileSync(new URL('demo.css', import.meta.url), 'utf8');

/** Every text of a catalog with the names on the way to it. */
function flatten(messages: object, prefix = ''): Map<string, string> {
  const entries = Object.entries(messages).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[prefix + key, value]] : [...flatten(value, `${prefix}${key}.`)],
  );
  return new Map(entries);
}

function placeholders(text: string | undefined): string[] {
  return [...(text ?? '').matchAll(/\{\w+\}/g)].map(([name]) => name).toSorted();
}

test('both languages fill in the same values', () => {
  const chinese = flatten(zh);
  for (const [key, text] of flatten(en)) assert.deepEqual(placeholders(chinese.get(key)), placeholders(text), key);
});

test('leaves a placeholder as it is where there is no value for it', () => {
  assert.equal(fill('over {transport} to {address}', { transport: 'UDP' }), 'over UDP to {address}');
});

test('every text that the page names is in the catalogs', () => {
  const texts = flatten(en);
  const named = [...html.matchAll(/data-text="(\w+)"/g)].map(([, key]) => key ?? '');
  assert.ok(named.length > 20);
  assert.deepEqual(
    named.filter((key) => !texts.has(key)),
    [],
  );
});

test('the page loads nothing from another host, and has no inline script or style that its policy would refuse', () => {
  const loaded = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url);
  assert.deepEqual(loaded, ['/demo/icon.svg', '/demo/demo.css', '/demo/demo.js']);
  assert.doesNotMatch(html, /\sstyle=|<style|<script(?![^>]*\ssrc=)|\son\w+=/);
  assert.doesNotMatch(css, /url\(|@import/);
});
