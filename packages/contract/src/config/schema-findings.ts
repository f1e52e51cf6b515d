import type { z } from 'zod';
import { didYouMean } from './did-you-mean.ts';
import { child, configKeyTree, type KeyTree, keysOf } from './key-tree.ts';
import { laterVersion } from './later-versions.ts';
import type { ConfigPath, Finding } from './problems.ts';

type Issue = z.core.$ZodIssue;

/** What the schema objects to, in words for the person who wrote the file. */
export function schemaFindings(error: z.ZodError, raw: unknown): readonly Finding[] {
  return error.issues.flatMap((issue) => findingsOf(issue, raw));
}

function findingsOf(issue: Issue, raw: unknown): readonly Finding[] {
  const path = issue.path.filter((segment) => typeof segment !== 'symbol');
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey([...path, key]));
  const value = valueAt(raw, path);
  if (value === undefined) return [{ path, message: 'is missing' }];
  if (issue.code === 'invalid_value') return [wrongChoice(path, value, issue.values.map(String))];
  if (issue.code === 'invalid_type' && issue.expected !== 'int') return [wrongType(path, value, issue.expected)];
  return [{ path, message: issue.message }];
}

function unknownKey(path: ConfigPath): Finding {
  const later = laterVersion(path, undefined);
  if (later !== undefined) return later;
  const suggestion = didYouMean(String(path.at(-1)), keysOf(nodeAt(path.slice(0, -1))));
  return { path, message: 'is not a known key', atKey: true, ...(suggestion === undefined ? {} : { suggestion }) };
}

function wrongChoice(path: ConfigPath, value: unknown, choices: readonly string[]): Finding {
  const later = laterVersion(path, value);
  if (later !== undefined) return later;
  const suggestion = didYouMean(String(value), choices);
  const message = choices.length === 1 ? `must be ${choices[0]}` : `must be one of ${choices.join(', ')}`;
  return { path, message, ...(suggestion === undefined ? {} : { suggestion }) };
}

function wrongType(path: ConfigPath, value: unknown, expected: string): Finding {
  const quotes = expected === 'string' && typeof value !== 'object' ? '; put it in quotes' : '';
  return { path, message: `must be ${TYPE_NAMES[expected] ?? expected}, not ${typeName(value)}${quotes}` };
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  null: 'nothing',
  number: 'a number',
  object: 'a group of keys',
  string: 'text',
};

function typeName(value: unknown): string {
  if (value === null) return 'empty';
  return Array.isArray(value) ? 'a list' : (TYPE_NAMES[typeof value] ?? typeof value);
}

function valueAt(raw: unknown, path: ConfigPath): unknown {
  let value = raw;
  for (const segment of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[segment];
  }
  return value;
}

function nodeAt(path: ConfigPath): KeyTree {
  let node = configKeyTree();
  for (const segment of path) node = child(node, segment) ?? { kind: 'value' };
  return node;
}
