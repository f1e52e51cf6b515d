/** What can go wrong in an edge because of its machine or its configuration. Callers match on `code`. */
export type EdgeErrorCode = 'EDGE_ERR_LISTEN' | 'EDGE_ERR_TLS' | 'EDGE_ERR_OPTIONS';

/** A fault of the operator or the machine, never of a client. The message says what to do. */
export class EdgeError extends Error {
  readonly code: EdgeErrorCode;

  constructor(code: EdgeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EdgeError';
    this.code = code;
  }
}
