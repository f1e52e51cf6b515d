/** One thing that is wrong, or worth a warning, in a configuration. Never holds a value that may be a secret. */
export interface ConfigProblem {
  /** The file, the environment variable, or the `--set` option that holds it. */
  readonly file: string;
  /** From 1; absent where the problem is not in a file. */
  readonly line?: number;
  /** From 1; absent where the problem is not in a file. */
  readonly column?: number;
  /** `listen.0.port`; empty for the whole. */
  readonly path: string;
  /** What must be, as a predicate of the path. */
  readonly message: string;
  /** What was probably meant. */
  readonly suggestion?: string;
}

/** `pinhole.yaml:7:12 relay.minport: is not a known key; did you mean "minPort"?` */
export function formatConfigProblem({ file, line, column, path, message, suggestion }: ConfigProblem): string {
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`;
  const subject = path === '' ? '' : ` ${path}:`;
  const hint = suggestion === undefined ? '' : `; did you mean "${suggestion}"?`;
  return `${place}${subject} ${message}${hint}`;
}

/** A problem before it is known where its path was written. */
export interface Finding {
  readonly path: ConfigPath;
  readonly message: string;
  readonly suggestion?: string;
  /** The key itself is wrong, not its value. */
  readonly atKey?: boolean;
}

export type ConfigPath = readonly (string | number)[];
