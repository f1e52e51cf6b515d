// The version of an installed npm package, from its own package.json (which `exports` may hide from import).
import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';

export function packageVersion(name: string): string {
  const file = findPackageJSON(name, import.meta.url);
  if (file === undefined) throw new Error(`${name} is not installed`);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
