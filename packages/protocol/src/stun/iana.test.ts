import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ATTRIBUTE_CODECS } from './attributes/index.ts';
import * as errorCodes from './error-codes.ts';
import * as methods from './methods.ts';

test('every attribute has the number and the name that IANA has', () => {
  const registry = readRegistry('attributes');
  for (const { type, name } of ATTRIBUTE_CODECS) assert.equal(registry.get(type), name);
});

test('every method has the number that IANA has', () => {
  const registry = readRegistry('methods');
  const own = Object.entries(methods).filter(([name]) => name.startsWith('METHOD_'));
  assert.ok(own.length >= 7);
  for (const [name, number] of own) {
    const expected = registry
      .get(Number(number))
      ?.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_')
      .toUpperCase();
    assert.equal(name, `METHOD_${expected}`);
  }
});

test('every error has the code and the reason phrase that IANA has', () => {
  const registry = readRegistry('error-codes');
  for (const { code, reasonPhrase } of Object.values(errorCodes)) assert.equal(registry.get(code), reasonPhrase);
});

function readRegistry(name: string): Map<number, string> {
  const url = new URL(`../../../../testdata/iana-stun-${name}.csv`, import.meta.url);
  const rows = readFileSync(url, 'utf8').trim().split('\n').slice(1);
  return new Map(rows.map((row) => row.split(',')).map(([value, label]) => [Number(value), label ?? '']));
}
