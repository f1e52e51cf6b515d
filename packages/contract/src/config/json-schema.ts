import { z } from 'zod';
import { configSchema } from './config.ts';

/** As much of JSON Schema (draft 2020-12) as the configuration's schema uses. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

/** The schema of the config file, for editors and `pinhole config schema`: what may be written, before defaults. */
export function configJsonSchema(): JsonSchema {
  return z.toJSONSchema(configSchema, { io: 'input' }) as JsonSchema;
}
