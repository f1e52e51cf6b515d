import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLError,
} from 'yaml';
import { isGroup } from './group.ts';
import type { ConfigPath, ConfigProblem } from './problems.ts';

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A YAML text as plain values, and where each of them was written. */
export interface YamlSource {
  /** `undefined` where there are problems. */
  readonly value: Readonly<Record<string, unknown>> | undefined;
  readonly problems: readonly ConfigProblem[];
  /** Where the value at a path starts; for a path that is not there, its nearest ancestor. */
  positionOf(path: ConfigPath, options: { atKey: boolean }): Position;
}

export function readYaml(text: string, file: string): YamlSource {
  const lines = new LineCounter();
  // Pretty errors quote the source, and the source holds secrets.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const { value, wrong } = plainValue(document);
  const problems = [...document.errors.map(syntaxError), ...wrong].map(({ offset, message }) => ({
    file,
    ...position(offset),
    path: '',
    message,
  }));
  return {
    value,
    problems,
    positionOf: (path, { atKey }) => position(offsetOf(document, path, atKey)),
  };
}

interface Wrong {
  readonly offset: number;
  readonly message: string;
}

function syntaxError({ pos, message }: YAMLError): Wrong {
  return { offset: pos[0], message: `is not valid YAML here: ${(message.split('\n')[0] ?? message).trim()}` };
}

/** An empty file says nothing, which is a configuration: all defaults. */
function plainValue(document: Document.Parsed): { value: YamlSource['value']; wrong: readonly Wrong[] } {
  if (document.errors.length > 0) return { value: undefined, wrong: [] };
  try {
    const value: unknown = document.toJS() ?? {};
    if (isGroup(value)) return { value, wrong: [] };
  } catch {
    return { value: undefined, wrong: [{ offset: 0, message: 'repeats itself through aliases without end' }] };
  }
  return { value: undefined, wrong: [{ offset: 0, message: 'must be a group of keys, such as "realm: pinhole"' }] };
}

function offsetOf(document: Document, path: ConfigPath, atKey: boolean): number {
  let node = resolved(document, document.contents);
  let offset = startOf(document.contents);
  for (const [i, segment] of path.entries()) {
    const { key, value } = step(node, segment);
    if (key === undefined && value === undefined) break;
    const wantsKey = atKey && i === path.length - 1;
    offset = (wantsKey ? startOf(key) : startOf(value)) || startOf(key) || offset;
    node = resolved(document, value);
  }
  return offset;
}

function step(node: Node | undefined, segment: string | number): { key?: unknown; value?: unknown } {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(segment));
    return pair === undefined ? {} : { key: pair.key, value: pair.value };
  }
  if (isSeq(node)) return { value: node.items[Number(segment)] };
  return {};
}

function resolved(document: Document, node: unknown): Node | undefined {
  if (isAlias(node)) return node.resolve(document);
  return isNode(node) ? node : undefined;
}

function startOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}
