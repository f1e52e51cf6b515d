import { z } from 'zod';

/** What the log shows. */
export interface LogConfig {
  /** The least important lines that are written. */
  readonly level: 'info' | 'warn' | 'error';
  /** Of clients: `truncated` leaves their network, enough to see a pattern and too little to know a person. */
  readonly addresses: 'full' | 'truncated';
}

export const logSchema: z.ZodType<LogConfig> = z.strictObject({
  level: z.enum(['info', 'warn', 'error']).default('info').describe('The least important lines that are written.'),
  addresses: z
    .enum(['full', 'truncated'])
    .default('truncated')
    .describe("Clients' addresses in the log: full, or their network only (/24, /48)."),
});
