import type { ProxySession } from '@pinhole/contract';
import type { Attempt, Decision, DecisionReason } from './attempt.ts';
import type { Clock } from './clock.ts';
import { Emitter } from './emitter.ts';
import { ProxyError } from './errors.ts';
import type { LadderTiming } from './ladder.ts';
import type { FetchLike, Settings } from './options.ts';
import { buildRtcConfiguration, type ProxyRtcConfiguration } from './rtc-configuration.ts';
import { type GrantedSession, requestSession } from './session-request.ts';
import { rewriteSignalingUrl } from './signaling-url.ts';
import type { ProxyState } from './state.ts';
import type { TransportProbe } from './transport-probe.ts';
import { TransportRace } from './transport-race.ts';
import { groupByTransport, type Transport, type TransportGroup } from './transports.ts';

export interface ProxyEvents {
  /** After every change of `proxy.state`. */
  readonly state: ProxyState;
  /** Once per successful `start()`: what was tried, what was chosen, why, and how long it took. */
  readonly decision: Decision;
  /** Why `start()` failed; the same error that its promise rejects with. */
  readonly error: ProxyError;
}

/** The way through Pinhole for one client. Made by `createProxy()`. */
export interface PinholeProxy {
  readonly state: ProxyState;
  /**
   * Gets a proxy session and proves which transports work. Ends within `startTimeoutMs`. Rejects with a ProxyError; its
   * `details.tried` names what was tried. Call it before the app joins.
   */
  start(): Promise<void>;
  /** Forgets the session. Calls that run keep their media until their credentials end. Never rejects. */
  stop(): Promise<void>;
  /**
   * For `new RTCPeerConnection()`: the chosen transport first. With transport `auto`, others that are proved to work
   * follow, so that a call can fall back; the list may grow in the seconds after `start()`.
   * Throws `state.not_ready` before `start()` has ended.
   */
  readonly rtcConfiguration: ProxyRtcConfiguration;
  /**
   * The address at which Pinhole serves this signalling URL. Throws `state.not_ready`, `signaling.invalid_url`, or
   * `signaling.unknown_origin` where the operator did not declare its origin for this app.
   */
  signalingUrl(url: string | URL): string;
  /** What was tried since the last `start()`, as far as it is known now. Holds no credentials. */
  readonly tried: readonly Attempt[];
  /** Returns the function that ends the subscription. */
  on<Name extends keyof ProxyEvents>(name: Name, listener: (payload: ProxyEvents[Name]) => void): () => void;
}

/** What a platform brings. */
export interface Platform {
  readonly clock: Clock;
  readonly fetch: FetchLike;
  /** Asked at every `start()`; `undefined` where the platform has nothing to prove a transport with. */
  readonly createProbe: () => TransportProbe | undefined;
}

/** Long enough for one round trip on most paths: where UDP works, TCP is mostly never begun before UDP has won. */
const STAGGER_MS = 200;

/** One lost UDP packet is sent again after 500 ms at the latest (RFC 8489 §6.2.1), and must not decide. */
const GRACE_MS = 500;

/** The part of the start time-out that the session may take; the rest is for the transports. */
const SESSION_SHARE = 0.6;

/** What belongs to one `start()`. */
interface Run {
  readonly begin: number;
  readonly abort: AbortController;
  granted: GrantedSession | undefined;
  race: TransportRace | undefined;
}

/** Everything goes through the proxy, always. */
export class StandardProxy implements PinholeProxy {
  readonly #settings: Settings;
  readonly #platform: Platform;
  readonly #events = new Emitter<ProxyEvents>();
  #state: ProxyState = { state: 'idle' };
  #run: Run | undefined;

  constructor(settings: Settings, platform: Platform) {
    this.#settings = settings;
    this.#platform = platform;
  }

  get state(): ProxyState {
    return this.#state;
  }

  get tried(): readonly Attempt[] {
    return this.#run === undefined ? [] : triedIn(this.#run);
  }

  get rtcConfiguration(): ProxyRtcConfiguration {
    const { race } = this.#readyRun('rtcConfiguration');
    return buildRtcConfiguration(race.proven);
  }

  signalingUrl(url: string | URL): string {
    const { granted } = this.#readyRun('signalingUrl()');
    const { gateway } = firstRegion(granted.session);
    return rewriteSignalingUrl(url, {
      server: this.#settings.server,
      base: gateway.base,
      upstreams: granted.session.upstreams,
    });
  }

  on<Name extends keyof ProxyEvents>(name: Name, listener: (payload: ProxyEvents[Name]) => void): () => void {
    return this.#events.on(name, listener);
  }

  async start(): Promise<void> {
    const { state } = this.#state;
    if (state === 'starting' || state === 'ready') throw ProxyError.alreadyStarted(state);
    const run = this.#enterStarting();
    try {
      const granted = await this.#requestSession(run);
      const { transport, why } = await this.#chooseTransport(run, granted.session);
      this.#enterReady(run, granted.session, transport, why);
    } catch (cause) {
      const error = ProxyError.is(cause) ? cause : ProxyError.startFailed(cause, triedIn(run));
      // After stop() the proxy belongs to nobody, or to the next start(): only the promise tells.
      if (this.#run === run) this.#enterFailed(run, error);
      throw error;
    }
  }

  async stop(): Promise<void> {
    if (this.#state.state === 'stopped') return;
    const run = this.#run;
    this.#enterStopped();
    if (run === undefined) return;
    run.race?.close();
    run.abort.abort(ProxyError.startStopped(triedIn(run)));
  }

  #enterStarting(): Run {
    const run = {
      begin: this.#platform.clock.now(),
      abort: new AbortController(),
      granted: undefined,
      race: undefined,
    };
    this.#run = run;
    this.#enter({ state: 'starting' });
    return run;
  }

  #enterReady(run: Run, { sessionId, expiresAt }: ProxySession, transport: Transport, why: DecisionReason): void {
    const decision = { chosen: transport, why, ms: this.#platform.clock.now() - run.begin, tried: triedIn(run) };
    this.#enter({ state: 'ready', transport, sessionId, expiresAt });
    this.#events.emit('decision', decision);
  }

  #enterFailed(run: Run, error: ProxyError): void {
    run.race?.close();
    this.#enter({ state: 'failed', error });
    this.#events.emit('error', error);
  }

  #enterStopped(): void {
    this.#run = undefined;
    this.#enter({ state: 'stopped' });
  }

  #enter(state: ProxyState): void {
    this.#state = state;
    this.#events.emit('state', state);
  }

  async #requestSession(run: Run): Promise<GrantedSession> {
    const { clock, fetch } = this.#platform;
    const timeout = this.#settings.startTimeout * SESSION_SHARE;
    const granted = await requestSession({
      settings: this.#settings,
      fetch,
      clock,
      timeout,
      signal: run.abort.signal,
    });
    run.abort.signal.throwIfAborted();
    run.granted = granted;
    return granted;
  }

  #chooseTransport(run: Run, session: ProxySession): Promise<{ transport: Transport; why: DecisionReason }> {
    const { clock, createProbe } = this.#platform;
    const probe = createProbe();
    if (probe === undefined) return Promise.reject(ProxyError.unsupported());
    const groups = this.#allowedGroups(session, triedIn(run));
    return new Promise((resolve, reject) => {
      run.abort.signal.addEventListener('abort', () => reject(run.abort.signal.reason));
      run.race = new TransportRace({
        groups,
        probe,
        clock,
        timing: this.#timing(run),
        onChosen: (transport, why) => resolve({ transport, why }),
        onFailed: () => reject(ProxyError.allTransportsFailed(triedIn(run))),
      });
      run.race.start();
    });
  }

  #allowedGroups(session: ProxySession, tried: readonly Attempt[]): readonly TransportGroup[] {
    const wanted = this.#settings.transport;
    const offered = groupByTransport(firstRegion(session).iceServers);
    const groups = wanted === 'auto' ? offered : offered.filter((group) => group.transport === wanted);
    if (groups.length > 0) return groups;
    const names = offered.map((group) => group.transport);
    throw ProxyError.transportNotOffered(wanted, names, tried);
  }

  #timing({ begin }: Run): LadderTiming {
    const left = begin + this.#settings.startTimeout - this.#platform.clock.now();
    return { stagger: STAGGER_MS, grace: GRACE_MS, budget: left };
  }

  #readyRun(what: string): { readonly granted: GrantedSession; readonly race: TransportRace } {
    const { granted, race } = this.#run ?? {};
    if (this.#state.state !== 'ready' || granted === undefined || race === undefined) {
      throw ProxyError.notReady(this.#state.state, what);
    }
    return { granted, race };
  }
}

function triedIn({ granted, race }: Run): readonly Attempt[] {
  return [...(granted === undefined ? [] : [granted.attempt]), ...(race?.attempts ?? [])];
}

/** Sessions list the region that the server prefers first. */
function firstRegion(session: ProxySession): ProxySession['regions'][number] {
  const region = session.regions[0];
  if (region === undefined) throw new TypeError('A session without a region got past parseSession().');
  return region;
}
