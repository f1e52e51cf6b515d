import { z } from 'zod';

/** One rule that a firewall must allow, from the clients' network to Pinhole. */
export interface AllowlistRow {
  readonly protocol: 'udp' | 'tcp';
  readonly ip: string;
  readonly port: number;
  /** What stops working without it. */
  readonly purpose: AllowlistPurpose;
}

/** `media`: TURN alone. `all`: web, signalling and media on one port. */
export type AllowlistPurpose = 'media' | 'all';

/** The body of `GET /allowlist/endpoints`. */
export interface Allowlist {
  /** Changes exactly when the rows do. */
  readonly version: string;
  readonly endpoints: readonly AllowlistRow[];
}

export const allowlistRowSchema: z.ZodType<AllowlistRow> = z.object({
  protocol: z.enum(['udp', 'tcp']),
  ip: z.string(),
  port: z.number().int().min(1).max(65535),
  purpose: z.enum(['media', 'all']),
});

export const allowlistSchema: z.ZodType<Allowlist> = z.object({
  version: z.string().min(1),
  endpoints: z.array(allowlistRowSchema),
});
