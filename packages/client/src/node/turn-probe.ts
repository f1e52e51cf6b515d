import { TurnClient, type TurnClientEvent } from '@pinhole/protocol';
import { nodeCrypto } from '@pinhole/protocol/node-crypto';
import type { Clock } from '../clock.ts';
import type { ProbeResult, RunningProbe, TransportProbe } from '../transport-probe.ts';
import type { TransportGroup } from '../transports.ts';
import { parseTurnUrl, type TurnUrl } from '../turn-url.ts';
import { type Link, openLink } from './link.ts';

/** Probes with our own TURN client over real sockets: for Node, where nothing gathers candidates. */
export function createTurnProbe(clock: Clock): TransportProbe {
  return (group, onResult) => new TurnProbe(group, clock, onResult);
}

interface Failure {
  readonly refused: boolean;
  readonly code?: number;
  readonly text?: string;
}

/** Tries all URLs of a group at once. The first relayed transport address is the result. */
class TurnProbe implements RunningProbe {
  readonly #probes: readonly UrlProbe[];
  readonly #onResult: (result: ProbeResult) => void;
  #failure: Failure = { refused: false };
  #running: number;

  constructor(group: TransportGroup, clock: Clock, onResult: (result: ProbeResult) => void) {
    this.#onResult = onResult;
    this.#probes = group.iceServers.flatMap((server) =>
      server.urls.flatMap((url) => {
        const target = parseTurnUrl(url);
        const credential = { username: server.username, password: server.credential };
        return target === undefined ? [] : [new UrlProbe({ url, target, credential, clock, parent: this })];
      }),
    );
    this.#running = this.#probes.length;
  }

  get lastError(): { readonly code?: number; readonly text?: string } {
    const { code, text } = this.#failure;
    return { ...(code === undefined ? {} : { code }), ...(text === undefined ? {} : { text }) };
  }

  close(): void {
    for (const probe of this.#probes) probe.close();
  }

  handleAllocated(url: string): void {
    this.close();
    this.#onResult({ works: true, provenUrls: [url] });
  }

  handleFailed(failure: Failure): void {
    if (!this.#failure.refused) this.#failure = failure;
    this.#running -= 1;
    if (this.#running > 0) return;
    this.close();
    this.#onResult({ works: false, ...this.#failure });
  }
}

interface UrlProbeOptions {
  readonly url: string;
  readonly target: TurnUrl;
  readonly credential: { readonly username: string; readonly password: string };
  readonly clock: Clock;
  readonly parent: TurnProbe;
}

/** One allocation on one server: asked for, got, given back. */
class UrlProbe {
  readonly #options: UrlProbeOptions;
  readonly #link: Link;
  readonly #client: TurnClient;
  #cancelTimer: () => void = () => {};
  #isAllocated = false;
  #isClosed = false;

  constructor(options: UrlProbeOptions) {
    const { target, credential } = options;
    this.#options = options;
    this.#client = new TurnClient({
      transport: target.transport === 'udp' ? 'datagram' : 'stream',
      credential,
      crypto: nodeCrypto,
    });
    this.#link = openLink(target, {
      onOpen: () => this.#input((now) => this.#client.allocate(now)),
      onMessage: (message) => this.#input((now) => this.#client.handleMessage(now, message)),
      onFailed: (text) => this.#fail({ refused: false, text }),
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelTimer();
    if (this.#isAllocated) {
      // Best effort: without it the relayed transport address stays taken for its lifetime (RFC 8656 §8).
      this.#client.refresh(this.#options.clock.now(), 0);
      this.#transmitAll();
    }
    this.#link.close();
  }

  #input(give: (now: number) => void): void {
    if (this.#isClosed) return;
    const { clock } = this.#options;
    give(clock.now());
    this.#transmitAll();
    for (let event = this.#client.pollEvent(); event !== undefined; event = this.#client.pollEvent())
      this.#learn(event);
    this.#cancelTimer();
    const due = this.#client.pollTimeout();
    if (due === undefined || this.#isClosed) return;
    this.#cancelTimer = clock.after(Math.max(0, due - clock.now()), () =>
      this.#input((now) => this.#client.handleTimeout(Math.max(now, due))),
    );
  }

  #transmitAll(): void {
    for (let bytes = this.#client.pollTransmit(); bytes !== undefined; bytes = this.#client.pollTransmit()) {
      this.#link.send(bytes);
    }
  }

  #learn(event: TurnClientEvent): void {
    if (event.event === 'allocated') {
      this.#isAllocated = true;
      this.#options.parent.handleAllocated(this.#options.url);
    } else if (event.event === 'failed') {
      const isRefused = typeof event.cause === 'number';
      this.#fail({ refused: isRefused, ...(isRefused ? { code: event.cause } : {}), text: event.reasonPhrase });
    }
  }

  #fail(failure: Failure): void {
    if (this.#isClosed) return;
    this.close();
    this.#options.parent.handleFailed(failure);
  }
}
