import { createProxy, type PinholeProxy, ProxyError, type TransportChoice } from '@pinhole/client';
import type { DemoConfig } from '@pinhole/contract';
import { LoopCall } from './call.ts';
import { FigureReader } from './figures.ts';
import { newRun, type Run } from './model.ts';

export interface RunnerOptions {
  readonly config: DemoConfig;
  readonly choice: TransportChoice;
  /** What to send: asked for when the call is placed, because the camera may have opened meanwhile. */
  readonly stream: () => MediaStream;
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
      await call.connect(stream(), received, CALL_TIMEOUT_SECONDS * 1000);
    } catch {
      return this.#fail({ failure: { step: 'call', seconds: CALL_TIMEOUT_SECONDS } });
    }
    const firstPictureMillis = performance.now() - this.#begin;
    this.#change({ figures: await reader.read(), firstPictureMillis, state: 'connected' });
    call.caller.addEventListener('connectionstatechange', () => {
      if (call.caller.connectionState === 'failed') this.#fail({ failure: { step: 'lost' } });
    });
  }

  async #measure(): Promise<void> {
    const figures = isThrough(this.#run) ? await this.#figures?.read() : undefined;
    // The run may have failed, and the pair that carried the call may be gone, while the browser was counting.
    if (figures?.transport === undefined || !isThrough(this.#run)) return this.#change({});
    // The picture always moves, so a second without a byte is an interruption: browsers notice it much later.
    this.#change({ figures, state: figures.bitsPerSecond === 0 ? 'interrupted' : 'connected' });
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

function isThrough({ state }: Run): boolean {
  return state === 'connected' || state === 'interrupted';
}
