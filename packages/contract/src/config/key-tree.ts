import { configJsonSchema, type JsonSchema } from './json-schema.ts';
import type { ConfigPath } from './problems.ts';

/** The keys that a configuration can have, read from the schema so that there is one list of them. */
export type KeyTree =
  | { readonly kind: 'object'; readonly keys: ReadonlyMap<string, KeyTree> }
  | { readonly kind: 'list'; readonly item: KeyTree }
  | { readonly kind: 'text' }
  | { readonly kind: 'value' };

let tree: KeyTree | undefined;

export function configKeyTree(): KeyTree {
  tree ??= toTree(configJsonSchema());
  return tree;
}

/** What is at a path, or the first place where the path leaves the tree. */
export function lookUp(path: ConfigPath): { found: KeyTree } | { unknownAt: number; candidates: readonly string[] } {
  let node = configKeyTree();
  for (const [i, segment] of path.entries()) {
    const next = child(node, segment);
    if (next === undefined) return { unknownAt: i, candidates: keysOf(node) };
    node = next;
  }
  return { found: node };
}

export function child(node: KeyTree, segment: string | number): KeyTree | undefined {
  if (node.kind === 'object') return node.keys.get(String(segment));
  if (node.kind === 'list' && /^\d{1,3}$/.test(String(segment))) return node.item;
  return undefined;
}

export function keysOf(node: KeyTree): readonly string[] {
  return node.kind === 'object' ? [...node.keys.keys()] : [];
}

function toTree(schema: JsonSchema): KeyTree {
  if (schema.properties !== undefined) {
    const keys = Object.entries(schema.properties).map(([key, value]) => [key, toTree(value)] as const);
    return { kind: 'object', keys: new Map(keys) };
  }
  if (schema.items !== undefined) return { kind: 'list', item: toTree(schema.items) };
  const branches = schema.anyOf ?? [schema];
  return { kind: branches.some((branch) => branch.type === 'string') ? 'text' : 'value' };
}
