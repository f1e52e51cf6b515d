/** Where events go. Names are `part.thing_happened`; fields hold no secret, token or ticket. */
export interface Log {
  /** A lifecycle transition: one line each, never one per packet. */
  info(event: string, fields?: LogFields): void;
  /** Something failed and will be tried again, or works with less. */
  warn(event: string, fields?: LogFields): void;
  /** Something failed and was given up. */
  error(event: string, fields?: LogFields): void;
}

export type LogFields = Readonly<Record<string, unknown>>;
