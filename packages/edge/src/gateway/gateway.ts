import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type AppConfig, ERROR_MEANINGS, type ErrorCode, type Log, type UpstreamConfig } from '@pinhole/contract';
import type { Millis, UnixSeconds } from '@pinhole/protocol';
import { BoundedLog } from '../bounded-log.ts';
import type { Resolve } from '../resolve.ts';
import { answerError, responseOnSocket } from './answer.ts';
import { type ExchangeOptions, exchange } from './exchange.ts';
import { GATEWAY_PREFIX, parseGatewayPath } from './gateway-path.ts';
import type { Place } from './prefixing.ts';
import { TicketChecker } from './ticket.ts';
import { isWebSocket, upgrade } from './upgrade.ts';
import { type UpgradeCount, UpgradeCounts } from './upgrade-counts.ts';
import { createUpstream, type Upstream } from './upstream.ts';
import type { UpstreamFailure } from './upstream-failure.ts';

/** What of the configuration the gateway goes by. */
export interface GatewayConfig {
  readonly upstreams: readonly UpstreamConfig[];
  readonly apps: readonly AppConfig[];
}

export interface GatewayOptions extends GatewayConfig {
  readonly log: Log;
  readonly now: () => UnixSeconds;
  /** By default as the system resolves names. */
  readonly resolve?: Resolve;
  /** PEM of authorities to trust for upstreams, instead of the system's. */
  readonly upstreamCa?: string;
  /** By default 10 s. */
  readonly connectTimeout?: Millis;
}

/** Carries signalling from clients with a ticket to the upstreams that their app may reach, and to nothing else. */
export interface Gateway {
  handleRequest(request: IncomingMessage, response: ServerResponse): void;
  /** Takes the socket over: it is answered, joined to the upstream, or ended. */
  handleUpgrade(request: IncomingMessage, socket: Socket, head: Buffer): void;
  upgrades(): readonly UpgradeCount[];
  /** Holds for what is asked from now on; connections that are joined stay joined. */
  configure(config: GatewayConfig): void;
}

const CONNECT_TIMEOUT: Millis = 10_000;
/** A long poll may be quiet for a while; Janus holds one for 30 s. */
const IDLE_TIMEOUT: Millis = 300_000;

export function createGateway(options: GatewayOptions): Gateway {
  return new PrefixGateway(options);
}

export function isGatewayPath(target: string | undefined): boolean {
  return target?.startsWith(GATEWAY_PREFIX) ?? false;
}

type Admission =
  | { readonly ok: true; readonly place: Place }
  | { readonly ok: false; readonly code: ErrorCode; readonly upstream?: string };

class PrefixGateway implements Gateway {
  readonly #options: GatewayOptions;
  #upstreams: ReadonlyMap<string, Upstream>;
  #tickets: TicketChecker;
  readonly #upgrades = new UpgradeCounts();
  readonly #log: BoundedLog;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#upstreams = upstreamsByName(options, options.resolve);
    this.#tickets = new TicketChecker(options.apps, options.now);
    this.#log = new BoundedLog(options.log);
  }

  configure(config: GatewayConfig): void {
    this.#upstreams = upstreamsByName(config, this.#options.resolve);
    this.#tickets = new TicketChecker(config.apps, this.#options.now);
  }

  handleRequest(request: IncomingMessage, response: ServerResponse): void {
    const admitted = this.#admit(request).then((admission) => {
      if (!admission.ok) return answerError(response, admission.code);
      const { upstream } = admission.place;
      exchange(request, response, this.#exchangeOptions(admission.place, IDLE_TIMEOUT), (failure) => {
        this.#noteFailure(upstream, failure);
        answerError(response, failure.code, detailsOf(failure));
      });
    });
    admitted.catch((error: unknown) => this.#noteBug(error, response));
  }

  handleUpgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    socket.on('error', () => {});
    if (head.length > 0) socket.unshift(head);
    const refuse = (code: ErrorCode, upstream?: string, failure?: UpstreamFailure): void => {
      this.#upgrades.add(upstream, ERROR_MEANINGS[code].status);
      answerError(responseOnSocket(request, socket), code, failure && detailsOf(failure));
    };
    if (!isWebSocket(request) || request.method !== 'GET') return refuse('gateway.upgrade_refused');
    const admitted = this.#admit(request).then((admission) => {
      if (!admission.ok) return refuse(admission.code, admission.upstream);
      const { upstream } = admission.place;
      upgrade(request, socket, this.#exchangeOptions(admission.place, this.#connectTimeout), {
        answered: (statusCode) => this.#upgrades.add(upstream.name, statusCode),
        failed: (failure) => {
          this.#noteFailure(upstream, failure);
          refuse(failure.code, upstream.name, failure);
        },
      });
    });
    admitted.catch((error: unknown) => this.#noteBug(error, socket));
  }

  upgrades(): readonly UpgradeCount[] {
    return this.#upgrades.list();
  }

  async #admit(request: IncomingMessage): Promise<Admission> {
    const path = parseGatewayPath(request.url ?? '');
    if (path === undefined) return { ok: false, code: 'gateway.bad_path' };
    const ticket = await this.#tickets.check(path.ticket);
    if (!ticket.ok) return ticket;
    const upstream = this.#upstreams.get(path.upstream);
    if (upstream === undefined) return { ok: false, code: 'gateway.upstream_unknown' };
    if (!ticket.app.upstreams.includes(upstream.name)) {
      return { ok: false, code: 'gateway.upstream_not_allowed', upstream: upstream.name };
    }
    return { ok: true, place: placeOf(upstream, path) };
  }

  get #connectTimeout(): Millis {
    return this.#options.connectTimeout ?? CONNECT_TIMEOUT;
  }

  #exchangeOptions(place: Place, idleTimeout: Millis): ExchangeOptions {
    return { place, idleTimeout, connectTimeout: this.#connectTimeout, ca: this.#options.upstreamCa };
  }

  /** Nothing that comes in may end the process, not even where we are wrong about what can come in. */
  #noteBug(error: unknown, connection: ServerResponse | Socket): void {
    connection.destroy();
    this.#options.log.error('gateway.bug', { error: error instanceof Error ? error.name : typeof error });
  }

  #noteFailure({ name }: Upstream, { code, reason }: UpstreamFailure): void {
    this.#log.warn(performance.now(), 'gateway.upstream_failed', { upstream: name, code, reason });
  }
}

function upstreamsByName({ upstreams }: GatewayConfig, resolve: Resolve | undefined): ReadonlyMap<string, Upstream> {
  return new Map(upstreams.map((upstream) => [upstream.name, createUpstream(upstream, resolve)]));
}

function placeOf(upstream: Upstream, { ticket, rest }: { readonly ticket: string; readonly rest: string }): Place {
  const path = `${upstream.basePath}${rest}`;
  return {
    upstream,
    prefix: `${GATEWAY_PREFIX}${ticket}/${upstream.name}`,
    path: path.startsWith('/') ? path : `/${path}`,
  };
}

function detailsOf({ reason }: UpstreamFailure): Readonly<Record<string, unknown>> | undefined {
  return reason === undefined ? undefined : { reason };
}
