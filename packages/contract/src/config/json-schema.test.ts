import assert from 'node:assert/strict';
import { it } from 'node:test';
import { configJsonSchema, type JsonSchema } from './json-schema.ts';

it('describes every key, and allows no other', () => {
  for (const [path, schema] of groups('', configJsonSchema())) {
    assert.equal(schema.additionalProperties, false, path);
    for (const [key, value] of Object.entries(schema.properties ?? {})) {
      assert.equal(typeof value.description, 'string', `${path}.${key} has no description`);
    }
  }
});

it('asks only for what has no default', () => {
  const schema = configJsonSchema();
  assert.equal(schema.required, undefined);
  assert.deepEqual(schema.properties?.apps?.items?.required, ['id']);
  assert.deepEqual(schema.properties?.upstreams?.items?.required, ['name', 'signaling']);
});

function groups(path: string, schema: JsonSchema): readonly [string, JsonSchema][] {
  if (schema.items !== undefined) return groups(`${path}[]`, schema.items);
  if (schema.properties === undefined) return [];
  const inner = Object.entries(schema.properties).flatMap(([key, value]) => groups(`${path}.${key}`, value));
  return [[path, schema], ...inner];
}
