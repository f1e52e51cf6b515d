// What a run of the client tests found, one small file per client and transport, for the table in docs/clients.md. Tests write them
// where the environment names a folder (`npm run clients:report` does), and else leave nothing behind.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ability } from './client-facts.ts';
import type { ClientOutcome } from './client-task.ts';

/** The environment variable that names the folder. */
export const RECORDS_VARIABLE = 'CLIENT_RECORDS';

export interface ClientRecord extends Partial<ClientOutcome> {
  readonly client: string;
  /** What the client did, in words. */
  readonly did: string;
  readonly transport: string;
  readonly ability: Ability;
}

export function recordClient(record: ClientRecord): void {
  const folder = process.env[RECORDS_VARIABLE];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  const name = `${record.client}-${record.transport}`.replace(/[^\w-]+/g, '_');
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(record));
}

export function readRecords(folder: string): ClientRecord[] {
  const files = readdirSync(folder).sort();
  return files.map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as ClientRecord);
}
