import type { ProxySession } from '@pinhole/contract';
import type { Attempt, AttemptOutcome } from './attempt.ts';
import type { Clock } from './clock.ts';
import { ProxyError } from './errors.ts';
import type { FetchLike, Settings, TokenSource } from './options.ts';
import { parseSession } from './session-shape.ts';

export interface SessionRequest {
  readonly settings: Settings;
  readonly fetch: FetchLike;
  readonly clock: Clock;
  /** In milliseconds, for the token and the request together. */
  readonly timeout: number;
  /** Aborted with the error to throw where `stop()` is called. */
  readonly signal: AbortSignal;
}

export interface GrantedSession {
  readonly session: ProxySession;
  readonly attempt: Attempt;
}

/** Asks for a proxy session. Throws a ProxyError whose `details.tried` names the request, or the signal's reason. */
export async function requestSession(request: SessionRequest): Promise<GrantedSession> {
  const { clock, timeout, signal } = request;
  const limit = new AbortController();
  const cancelTimer = clock.after(timeout, () => limit.abort(new Error(`no answer within ${timeout} ms`)));
  const forward = (): void => limit.abort(signal.reason);
  signal.addEventListener('abort', forward);
  if (signal.aborted) forward();
  try {
    return await exchange(request, limit.signal);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    cancelTimer();
    signal.removeEventListener('abort', forward);
  }
}

async function exchange(request: SessionRequest, signal: AbortSignal): Promise<GrantedSession> {
  const { settings, clock } = request;
  const token = await readToken(settings.token, signal);
  const url = `${settings.server}/v1/proxy/session`;
  const begin = clock.now();
  const attempt = (outcome: AttemptOutcome, more: { code?: number; text?: string } = {}): Attempt => ({
    what: 'session',
    urls: [url],
    outcome,
    ms: clock.now() - begin,
    ...more,
  });
  const answer = await post(request, url, token, signal).catch((cause: unknown) => {
    throw ProxyError.sessionUnreachable(attempt(signal.aborted ? 'timeout' : 'failed', { text: textOf(cause) }), cause);
  });
  if (answer.status !== 201) throw refusal(answer, attempt('refused', { code: answer.status }));
  const session = parseSession(answer.body);
  if (typeof session === 'string')
    throw ProxyError.sessionInvalidResponse(attempt('failed', { text: session }), session);
  return { session, attempt: attempt('works') };
}

async function readToken(source: TokenSource, signal: AbortSignal): Promise<string> {
  try {
    const token = typeof source === 'string' ? source : await untilAborted(Promise.resolve(source()), signal);
    if (typeof token === 'string' && token !== '') return token;
    throw new TypeError('the token is empty or no text');
  } catch (cause) {
    throw ProxyError.tokenUnavailable(cause);
  }
}

interface Answer {
  readonly status: number;
  /** `undefined` where the body is no JSON. */
  readonly body: unknown;
}

async function post(
  { settings, fetch }: SessionRequest,
  url: string,
  token: string,
  signal: AbortSignal,
): Promise<Answer> {
  const exchange = async (): Promise<Answer> => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ app: settings.app }),
      signal,
      credentials: 'omit',
      // A redirect would send the token to whoever the answer names.
      redirect: 'error',
    });
    return { status: response.status, body: await response.json().catch(() => undefined) };
  };
  // A `fetch` of the app's own may not know the signal.
  return untilAborted(exchange(), signal);
}

function refusal({ status, body }: Answer, attempt: Attempt): ProxyError {
  const { code, message } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  return ProxyError.sessionRefused(
    attempt,
    status,
    typeof code === 'string' ? code : undefined,
    typeof message === 'string' ? message : undefined,
  );
}

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
