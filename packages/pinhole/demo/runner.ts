import { createProxy, type PinholeProxy, ProxyError, type TransportChoice } from '@pinhole/client';
import type { DemoConfig } from '@pinhole/contract';
import { LoopCall } from './call.ts';
import { FigureReader } from './figures.ts';
import { newRun, type Run } from './model.ts';

export interface RunnerOptions {
  readonly config: DemoConfig;
  readonly choice: TransportChoice;
  readonly stream: MediaStream;
  readonly received: HTMLVideoElement;
  /** Called after every change. */
  readonly onChange: (run: Run) => void;
}

const CALL_TIMEOUT_SECONDS = 10;
const MEASURE_EVERY_MILLIS = 1000;

/** One call from the first request to its end. A new choice of transport is a new runner. */
export class Runner {
  readonly #options: RunnerOptions;
  readonly #proxy: PinholeProxy;
  readonly #begin: number = performance.now();
  #call: LoopCall | undefined;
  #figures: FigureReader | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #isStopped = false;
  #run: Run;

  constructor(options: RunnerOptions) {
    const { config, choice } = options;
    this.#options = options;
    this.#run = newRun(choice, 'starting');
    this.#proxy = createProxy({
      server: config.server || location.origin,
      app: config.app,
      token: config.token,
      transport: choice,
    });
  }

  /** Never rejects: how it went is in the run. */
  async start(): Promise<void> {
    this.#change({});
    this.#proxy.on('decision', (decision) => this.#change({ decision }));
    this.#timer = setInterval(() => void this.#measure(), MEASURE_EVERY_MILLIS);
    try {
      await this.#proxy.start();
    } catch (error) {
      if (!ProxyError.is(error)) throw error;
      return this.#fail({ failure: { step: 'start', error } });
    }
    await this.#placeCall();
  }

  async replaceStream(stream: MediaStream): Promise<void> {
    await this.#call?.replaceStream(stream);
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
    this.#call?.close();
    void this.#proxy.stop();
  }

  async #placeCall(): Promise<void> {
    if (this.#isStopped) return;
    this.#change({ state: 'connecting' });
    const { stream, received } = this.#options;
    const call = new LoopCall(this.#proxy.rtcConfiguration);
    this.#call = call;
    const reader = new FigureReader(call);
    this.#figures = reader;
    try {
      await call.connect(stream, received, CALL_TIMEOUT_SECONDS * 1000);
    } catch {
      return this.#fail({ failure: { step: 'call', seconds: CALL_TIMEOUT_SECONDS } });
    }
    const firstPictureMillis = performance.now() - this.#begin;
    this.#change({ figures: await reader.read(), firstPictureMillis, state: 'connected' });
    call.caller.addEventListener('connectionstatechange', () => this.#follow(call.caller.connectionState));
  }

  /** A call that was through may be interrupted, come back, or be lost. */
  #follow(state: RTCPeerConnectionState): void {
    if (state === 'failed') this.#fail({ failure: { step: 'lost' } });
    else if (state === 'disconnected') this.#change({ state: 'interrupted' });
    else if (state === 'connected') this.#change({ state: 'connected' });
  }

  async #measure(): Promise<void> {
    const figures = this.#run.state === 'connected' ? await this.#figures?.read() : undefined;
    // The pair that carried a call is gone from the statistics before its end is known.
    this.#change(figures?.transport === undefined ? {} : { figures });
  }

  #fail(change: Partial<Run>): void {
    this.#change({ ...change, state: 'failed' });
    this.#call?.close();
    clearInterval(this.#timer);
  }

  #change(change: Partial<Run>): void {
    if (this.#isStopped) return;
    this.#run = { ...this.#run, tried: this.#proxy.tried, ...change };
    this.#options.onChange(this.#run);
  }
}
