import { parseDocument } from 'yaml';
import { didYouMean } from './did-you-mean.ts';
import { child, configKeyTree, type KeyTree, keysOf, lookUp } from './key-tree.ts';
import type { ConfigPath, ConfigProblem } from './problems.ts';

/** A value from the environment or the command line that replaces one in the file. */
export interface Override {
  readonly path: ConfigPath;
  readonly value: unknown;
  /** Where it was written, for problems. */
  readonly source: string;
}

export interface Overrides {
  readonly overrides: readonly Override[];
  readonly problems: readonly ConfigProblem[];
  readonly warnings: readonly ConfigProblem[];
}

const PREFIX = 'PINHOLE_';
/** Not keys of the file: the command reads them. */
const OTHER_VARIABLES: ReadonlySet<string> = new Set(['PINHOLE_CONFIG', 'PINHOLE_LOG_FORMAT']);
/** What Kubernetes gives every container where a service is named "pinhole". */
const KUBERNETES = /^PINHOLE(_[A-Z0-9]+)*_(SERVICE_(HOST|PORT(_.+)?)|PORT(_\d+_(TCP|UDP)(_(PROTO|PORT|ADDR))?)?)$/;

/**
 * Reads `PINHOLE_…` variables.
 *
 * The name is the key's path in upper case, its parts joined by `_`: `PINHOLE_RELAY_MINPORT`, or with `_` before each
 * capital, `PINHOLE_RELAY_MIN_PORT`. A number names an item of a list: `PINHOLE_APPS_0_SECRET`. A variable that names
 * no key is a warning, not an error: the environment is not ours alone.
 */
export function environmentOverrides(env: Readonly<Record<string, string | undefined>>): Overrides {
  const overrides: Override[] = [];
  const problems: ConfigProblem[] = [];
  const warnings: ConfigProblem[] = [];
  for (const [name, text] of Object.entries(env).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!name.startsWith(PREFIX) || OTHER_VARIABLES.has(name) || text === undefined) continue;
    const path = pathOfVariable(configKeyTree(), name.slice(PREFIX.length).split('_'));
    if (path !== undefined && !(KUBERNETES.test(name) && text.startsWith('tcp://'))) {
      addOverride({ path, text, source: name }, overrides, problems);
    } else if (!KUBERNETES.test(name)) {
      warnings.push(unknownVariable(name));
    }
  }
  return { overrides, problems, warnings };
}

/** Reads `--set a.b=c` options: `--set relay.minPort=50000`, `--set listen.0.port=3479`. */
export function setOverrides(options: readonly string[]): Overrides {
  const overrides: Override[] = [];
  const problems: ConfigProblem[] = [];
  for (const option of options) {
    const [key = '', text] = splitOnce(option, '=');
    if (text === undefined || key === '') {
      problems.push({ file: '--set', path: '', message: 'must be written as key=value, such as relay.minPort=50000' });
      continue;
    }
    addOverride({ path: key.split('.'), text, source: '--set' }, overrides, problems);
  }
  return { overrides, problems, warnings: [] };
}

function addOverride(
  { path, text, source }: { path: ConfigPath; text: string; source: string },
  overrides: Override[],
  problems: ConfigProblem[],
): void {
  const place = lookUp(path);
  if ('unknownAt' in place) {
    problems.push(unknownKey(path, place, source));
    return;
  }
  const read = readValue(text, place.found);
  if ('problem' in read) problems.push({ file: source, path: path.join('.'), message: read.problem });
  else overrides.push({ path, value: read.value, source });
}

/** Text stays text where text is wanted, so that a secret of digits needs no quotes; all else is YAML (or JSON). */
function readValue(text: string, node: KeyTree): { value: unknown } | { problem: string } {
  if (node.kind === 'text') return { value: text };
  if (node.kind === 'list' && node.item.kind === 'text' && !text.trimStart().startsWith('[')) {
    return { value: text === '' ? [] : text.split(',').map((item) => item.trim()) };
  }
  const document = parseDocument(text, { prettyErrors: false });
  return document.errors.length > 0 ? { problem: 'must be valid YAML or JSON' } : { value: document.toJS() };
}

function pathOfVariable(node: KeyTree, parts: readonly string[]): ConfigPath | undefined {
  if (parts.length === 0) return [];
  for (let taken = 1; taken <= parts.length; taken++) {
    const word = parts.slice(0, taken).join('').toLowerCase();
    const segment = node.kind === 'object' ? keysOf(node).find((key) => key.toLowerCase() === word) : word;
    const next = segment === undefined ? undefined : child(node, segment);
    const rest = next === undefined ? undefined : pathOfVariable(next, parts.slice(taken));
    if (rest !== undefined && segment !== undefined) return [segment, ...rest];
  }
  return undefined;
}

function unknownVariable(name: string): ConfigProblem {
  const suggestion = didYouMean(name, variableNames(configKeyTree(), 'PINHOLE'));
  const problem = { file: name, path: '', message: 'names no configuration key and is ignored' };
  return suggestion === undefined ? problem : { ...problem, suggestion };
}

function variableNames(node: KeyTree, prefix: string): readonly string[] {
  if (node.kind !== 'object') return [prefix];
  return [...node.keys].flatMap(([key, next]) => variableNames(next, `${prefix}_${key.toUpperCase()}`));
}

function unknownKey(
  path: ConfigPath,
  { unknownAt, candidates }: { unknownAt: number; candidates: readonly string[] },
  source: string,
): ConfigProblem {
  const problem = { file: source, path: path.slice(0, unknownAt + 1).join('.'), message: 'is not a known key' };
  const suggestion = didYouMean(String(path[unknownAt]), candidates);
  return suggestion === undefined ? problem : { ...problem, suggestion };
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}
