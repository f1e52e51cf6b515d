import { type Config, configSchema } from './config.ts';
import { checkConsistency } from './consistency.ts';
import { isGroup } from './group.ts';
import { configJsonSchema } from './json-schema.ts';
import { environmentOverrides, type Override, setOverrides } from './overrides.ts';
import type { ConfigPath, ConfigProblem, Finding } from './problems.ts';
import { schemaFindings } from './schema-findings.ts';
import { readYaml, type YamlSource } from './yaml-source.ts';

export interface ConfigInput {
  /** YAML (so JSON too). Empty: all defaults. */
  readonly text: string;
  /** What problems call the text: the path as the operator wrote it. */
  readonly file: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** `a.b=c`, later ones win; they win over the environment, which wins over the file. */
  readonly set?: readonly string[];
}

export type ParsedConfig =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly ConfigProblem[] }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[]; readonly warnings: readonly ConfigProblem[] };

/** Reads a configuration. Never throws; reports every problem at once, each where it was written. */
export function parseConfig({ text, file, env = {}, set = [] }: ConfigInput): ParsedConfig {
  const yaml = readYaml(text, file);
  const environment = environmentOverrides(env);
  const options = setOverrides(set);
  const unread = [...yaml.problems, ...environment.problems, ...options.problems];
  if (yaml.value === undefined) return { ok: false, problems: unread, warnings: environment.warnings };
  const overrides = [...environment.overrides, ...options.overrides];
  const judged = judge(overrides.reduce(withOverride, yaml.value));
  const place = (finding: Finding): ConfigProblem => placed(finding, { file, yaml, overrides });
  const problems = [...unread, ...judged.errors.map(place).sort(byPosition)];
  const warnings = [...environment.warnings, ...judged.warnings.map(place)];
  if (judged.config === undefined || problems.length > 0) return { ok: false, problems, warnings };
  return { ok: true, config: judged.config, warnings };
}

interface Judgement {
  readonly config: Config | undefined;
  readonly errors: readonly Finding[];
  readonly warnings: readonly Finding[];
}

function judge(raw: Readonly<Record<string, unknown>>): Judgement {
  const parsed = configSchema.safeParse(raw);
  const { errors, warnings } = checkConsistency(raw);
  if (parsed.success) return { config: parsed.data, errors, warnings };
  return { config: undefined, errors: [...schemaFindings(parsed.error, raw), ...errors], warnings };
}

function withOverride(config: Readonly<Record<string, unknown>>, { path, value }: Override): typeof config {
  const changed = replaced(withDefaultOf(path, config), path, value);
  return isGroup(changed) ? changed : config;
}

/** `listen.0.port` without a `listen` in the file means the first listener that would be there by default. */
function withDefaultOf([key, ...rest]: ConfigPath, config: Readonly<Record<string, unknown>>): typeof config {
  const standard = configJsonSchema().properties?.[String(key)]?.default;
  if (key === undefined || rest.length === 0 || config[key] !== undefined || standard === undefined) return config;
  return { ...config, [key]: standard };
}

/** A copy of `value` that has `replacement` at the path; groups and lists on the way are made where missing. */
function replaced(value: unknown, [segment, ...rest]: ConfigPath, replacement: unknown): unknown {
  if (segment === undefined) return replacement;
  if (Array.isArray(value) || (value === undefined && /^\d+$/.test(String(segment)))) {
    const list = Array.isArray(value) ? [...value] : [];
    list[Number(segment)] = replaced(list[Number(segment)], rest, replacement);
    return list;
  }
  const group = isGroup(value) ? value : {};
  return { ...group, [segment]: replaced(group[segment], rest, replacement) };
}

interface Sources {
  readonly file: string;
  readonly yaml: YamlSource;
  readonly overrides: readonly Override[];
}

function placed({ path, message, suggestion, atKey }: Finding, { file, yaml, overrides }: Sources): ConfigProblem {
  const override = overrides.findLast((candidate) =>
    candidate.path.every((part, i) => String(part) === String(path[i])),
  );
  const where =
    override === undefined ? { file, ...yaml.positionOf(path, { atKey: atKey === true }) } : { file: override.source };
  return { ...where, path: path.join('.'), message, ...(suggestion === undefined ? {} : { suggestion }) };
}

function byPosition(a: ConfigProblem, b: ConfigProblem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
