import type { ErrorCode } from '@pinhole/contract';

/** Why an upstream did not answer, in the words of the API. */
export class UpstreamFailure extends Error {
  readonly code: ErrorCode;
  /** The system's own name for it (`ECONNREFUSED`), where there is one. */
  readonly reason: string | undefined;

  private constructor(code: ErrorCode, reason?: string) {
    super(reason === undefined ? code : `${code}: ${reason}`);
    this.name = 'UpstreamFailure';
    this.code = code;
    this.reason = reason;
  }

  static timeout(): UpstreamFailure {
    return new UpstreamFailure('gateway.upstream_timeout');
  }

  static addressRefused(): UpstreamFailure {
    return new UpstreamFailure('gateway.address_refused');
  }

  static redirectRefused(): UpstreamFailure {
    return new UpstreamFailure('gateway.redirect_refused');
  }

  static badAnswer(): UpstreamFailure {
    return new UpstreamFailure('gateway.upstream_failed', 'BAD_ANSWER');
  }

  static badUpgrade(): UpstreamFailure {
    return new UpstreamFailure('gateway.upstream_failed', 'BAD_UPGRADE');
  }

  /** Any error of a request. Only a system's code is kept: messages may quote addresses and paths. */
  static from(error: Error): UpstreamFailure {
    if (error instanceof UpstreamFailure) return error;
    const reason = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
    if (reason === 'ETIMEDOUT') return UpstreamFailure.timeout();
    return new UpstreamFailure('gateway.upstream_failed', reason);
  }
}
