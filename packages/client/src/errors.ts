import { type Attempt, describeAttempt } from './attempt.ts';
import { type Locale, type ProxyErrorCode, userText } from './error-texts.ts';
import { firewallTargets } from './firewall-targets.ts';
import type { Transport, TransportChoice } from './transports.ts';

/** The facts behind an error. It holds no token and no credential, and may be logged. */
export interface ProxyErrorDetails {
  /** What `start()` tried, in the order in which it began: the request for the session, then the transports. */
  readonly tried?: readonly Attempt[];
  /** The option that is wrong. */
  readonly option?: string;
  /** The HTTP status of the server's answer. */
  readonly status?: number;
  /** The `code` and `message` in the server's answer. */
  readonly serverCode?: string;
  readonly serverMessage?: string;
  readonly transport?: TransportChoice;
  readonly offered?: readonly Transport[];
  /** The state that the proxy was in. */
  readonly state?: string;
  /** The origin of the URL that was asked for, and those that the operator declared for this app. */
  readonly origin?: string;
  readonly declaredOrigins?: readonly string[];
}

/** Registered globally, so that it is one symbol for all copies of the SDK. */
const brand = Symbol.for('pinhole.ProxyError');

/**
 * Every error that the SDK throws or reports. Decide by `code`; `message` is for developers, in English;
 * `userMessage()` is for the people who use the app.
 */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
  readonly code: ProxyErrorCode;
  readonly details: ProxyErrorDetails;

  private constructor(code: ProxyErrorCode, message: string, details: ProxyErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    Object.defineProperty(this, brand, { value: true });
    this.code = code;
    this.details = details;
  }

  /** Also true for an error of another copy of the SDK on the same page, where `instanceof` is not. */
  static is(value: unknown): value is ProxyError {
    return typeof value === 'object' && value !== null && brand in value;
  }

  static invalidOption(option: string, problem: string): ProxyError {
    return new ProxyError('options.invalid', `The option "${option}" ${problem}.`, { option });
  }

  static tokenUnavailable(cause: unknown): ProxyError {
    const message = 'The "token" function threw or gave no token; see cause. It must return an app token as text.';
    return new ProxyError('token.unavailable', message, {}, cause);
  }

  static sessionUnreachable(attempt: Attempt, cause?: unknown): ProxyError {
    const message =
      `No answer to the request for a proxy session. ${describeAttempt(attempt)}. Check that "server" is the address of ` +
      `Pinhole, that the firewall allows ${firewallTargets([attempt]).join(', ')}, and that the browser trusts its certificate.`;
    return new ProxyError('session.unreachable', message, { tried: [attempt] }, cause);
  }

  /** For every answer that is not the session: `status` decides about the code. */
  static sessionRefused(attempt: Attempt, status: number, serverCode?: string, serverMessage?: string): ProxyError {
    const details = {
      tried: [attempt],
      status,
      ...(serverCode === undefined ? {} : { serverCode }),
      ...(serverMessage === undefined ? {} : { serverMessage }),
    };
    const said = [serverCode, serverMessage].filter((part) => part !== undefined).join(': ');
    const message = `The server answered the request for a proxy session with ${status}${said === '' ? '' : ` (${said})`}.`;
    return new ProxyError(refusalCode(status), `${message} ${refusalAdvice(status)}`, details);
  }

  static sessionInvalidResponse(attempt: Attempt, problem: string): ProxyError {
    const message = `The server's answer is not a proxy session: ${problem}. Check that "server" is Pinhole and that SDK and server are of one version.`;
    return new ProxyError('session.invalid_response', message, { tried: [attempt] });
  }

  static unsupported(): ProxyError {
    const message =
      'There is no RTCPeerConnection here to prove a transport with. Pass one as "webrtc: { RTCPeerConnection }".';
    return new ProxyError('start.unsupported', message);
  }

  static transportNotOffered(
    transport: TransportChoice,
    offered: readonly Transport[],
    tried: readonly Attempt[],
  ): ProxyError {
    const list = offered.length === 0 ? 'none' : offered.join(', ');
    const message = `The server has no listener for the transport "${transport}"; it offers: ${list}. Use transport "auto", or add a listener to the server's config.`;
    return new ProxyError('start.transport_not_offered', message, { transport, offered, tried });
  }

  static allTransportsFailed(tried: readonly Attempt[]): ProxyError {
    const message = `No transport to the relay works. Tried: ${tried.map(describeAttempt).join('; ')}.${tlsAdvice(tried)}`;
    return new ProxyError('start.all_transports_failed', message, { tried });
  }

  /** What no other code stands for: a defect of the SDK, or of a class that was passed in. */
  static startFailed(cause: unknown, tried: readonly Attempt[]): ProxyError {
    const message = 'start() failed in a way that it should not; see cause, and please report it.';
    return new ProxyError('start.failed', message, { tried }, cause);
  }

  static startStopped(tried: readonly Attempt[]): ProxyError {
    return new ProxyError('start.stopped', 'stop() was called before start() had ended.', { tried });
  }

  static alreadyStarted(state: string): ProxyError {
    const message = `start() was called while the proxy is ${state}. Call stop() first, or use the proxy as it is.`;
    return new ProxyError('state.already_started', message, { state });
  }

  static notReady(state: string, what: string): ProxyError {
    const message = `${what} needs a proxy that is ready, and this one is ${state}. Await start() first.`;
    return new ProxyError('state.not_ready', message, { state });
  }

  static invalidSignalingUrl(problem: string): ProxyError {
    const message = `signalingUrl() needs an absolute ws:, wss:, http: or https: URL: ${problem}.`;
    return new ProxyError('signaling.invalid_url', message);
  }

  static unknownOrigin(origin: string, declaredOrigins: readonly string[]): ProxyError {
    const list = declaredOrigins.length === 0 ? 'none' : declaredOrigins.join(', ');
    const message = `${origin} is no origin of an upstream that this app may use; declared are: ${list}. The operator adds it under "upstreams" → "origins".`;
    return new ProxyError('signaling.unknown_origin', message, { origin, declaredOrigins });
  }

  /** One or two sentences for the person in front of the screen: what happened, and what to do. */
  userMessage(locale: Locale): string {
    return userText(this.code, locale, firewallTargets(this.#openTargets()));
  }

  /** Where transports were tried, the session got through: its address needs no new rule. */
  #openTargets(): readonly Attempt[] {
    const tried = this.details.tried ?? [];
    const transports = tried.filter((attempt) => attempt.what !== 'session');
    return transports.length > 0 ? transports : tried;
  }
}

/** A port that just carried the session is open, so no firewall rule helps. */
function tlsAdvice(tried: readonly Attempt[]): string {
  const open = firewallTargets(tried.filter(({ what, outcome }) => what === 'session' && outcome === 'works'));
  const failed = firewallTargets(tried.filter(({ what }) => what === 'tls'));
  if (!failed.some((target) => open.includes(target))) return '';
  return " The session came through the same port as TLS, so the port is open: this machine does not trust the server's certificate for TURN, or something on the way inspects TLS.";
}

function refusalCode(status: number): ProxyErrorCode {
  if (status === 401) return 'session.token_rejected';
  return status >= 500 ? 'session.server_error' : 'session.refused';
}

function refusalAdvice(status: number): string {
  if (status === 401) return 'Get a new app token, and check the clock of the machine that signs it.';
  if (status >= 500) return "Look into the server's log.";
  if (status === 404) return 'Check that "server" is the address of Pinhole itself.';
  return 'Check "app" and what the operator allows for it.';
}
