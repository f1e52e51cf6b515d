import type { DecisionReason } from './attempt.ts';
import type { Transport } from './transports.ts';

/** How patient a ladder is. All in milliseconds. */
export interface LadderTiming {
  /** Between the beginnings of two attempts. A better transport gets this much of a head start. */
  readonly stagger: number;
  /** How long a better transport is still waited for once a lesser one works. */
  readonly grace: number;
  /** From the beginning to the end of everything. */
  readonly budget: number;
}

export type LadderAction =
  | { readonly type: 'begin'; readonly transport: Transport }
  /** The budget is spent: close the attempt, nobody waits for its answer. */
  | { readonly type: 'abandon'; readonly transport: Transport }
  | { readonly type: 'choose'; readonly transport: Transport; readonly why: DecisionReason }
  /** No transport works. Nothing follows. */
  | { readonly type: 'fail' }
  /** All attempts have ended after a choice. Nothing follows. */
  | { readonly type: 'finish' };

interface Rung {
  readonly transport: Transport;
  state: 'waiting' | 'probing' | 'works' | 'failed';
}

/**
 * Decides which transport is tried when, and which one is chosen: no timers, no sockets, time is an argument.
 *
 * Attempts begin best first, `stagger` apart, the next one at once where all before it have failed. The best working
 * transport is chosen as soon as no better one can still answer, or `grace` after the first success. So a dead better
 * transport costs at most `stagger` + `grace`, whatever its own time-out is. After the choice the rest is still tried:
 * those are the transports that a running call can fall back to.
 *
 * After every input, drain `pollAction()` and then ask `pollTimeout()`.
 */
export class Ladder {
  readonly #rungs: readonly Rung[];
  readonly #timing: LadderTiming;
  readonly #deadline: number;
  readonly #actions: LadderAction[] = [];
  #nextBegin: number;
  #firstWorkedAt: number | undefined;
  #phase: 'choosing' | 'chosen' | 'ended' = 'choosing';

  /** `transports`: best first, at least one. */
  constructor(transports: readonly Transport[], timing: LadderTiming, now: number) {
    this.#rungs = transports.map((transport) => ({ transport, state: 'waiting' }));
    this.#timing = timing;
    this.#deadline = now + timing.budget;
    this.#nextBegin = now;
    this.#advance(now);
  }

  /** An attempt has ended. Results that come after their attempt was abandoned change nothing. */
  handleResult(now: number, transport: Transport, works: boolean): void {
    const rung = this.#rungs.find((candidate) => candidate.transport === transport);
    if (rung?.state !== 'probing') return;
    rung.state = works ? 'works' : 'failed';
    if (works) this.#firstWorkedAt ??= now;
    this.#advance(now);
  }

  /** The time that `pollTimeout()` named has come. */
  handleTimeout(now: number): void {
    this.#advance(now);
  }

  pollAction(): LadderAction | undefined {
    return this.#actions.shift();
  }

  /** When `handleTimeout()` is due; `undefined` once the ladder has ended. */
  pollTimeout(): number | undefined {
    if (this.#phase === 'ended') return undefined;
    const times = [this.#deadline];
    if (this.#next() !== undefined) times.push(this.#nextBegin);
    if (this.#phase === 'choosing' && this.#firstWorkedAt !== undefined) times.push(this.#graceEnd());
    return Math.min(...times);
  }

  #advance(now: number): void {
    if (this.#phase === 'ended') return;
    if (now >= this.#deadline) this.#abandonAll();
    else this.#beginNext(now);
    this.#choose(now);
    this.#end();
  }

  #abandonAll(): void {
    for (const rung of this.#rungs) {
      if (rung.state === 'probing') this.#actions.push({ type: 'abandon', transport: rung.transport });
      if (rung.state === 'probing' || rung.state === 'waiting') rung.state = 'failed';
    }
  }

  #beginNext(now: number): void {
    const next = this.#next();
    if (next === undefined) return;
    const isAnyoneTrying = this.#rungs.some((rung) => rung.state === 'probing');
    const hasHope = isAnyoneTrying || this.#firstWorkedAt !== undefined;
    if (hasHope && now < this.#nextBegin) return;
    next.state = 'probing';
    this.#nextBegin = now + this.#timing.stagger;
    this.#actions.push({ type: 'begin', transport: next.transport });
  }

  #choose(now: number): void {
    if (this.#phase !== 'choosing') return;
    const index = this.#rungs.findIndex((rung) => rung.state === 'works');
    const best = this.#rungs[index];
    if (best === undefined) return;
    const hasBetterFailed = this.#rungs.slice(0, index).every((rung) => rung.state === 'failed');
    if (!hasBetterFailed && now < this.#graceEnd()) return;
    this.#phase = 'chosen';
    this.#actions.push({ type: 'choose', transport: best.transport, why: this.#reason(index, hasBetterFailed) });
  }

  #reason(index: number, hasBetterFailed: boolean): DecisionReason {
    if (this.#rungs.length === 1) return 'only-one';
    if (index === 0) return 'best-works';
    return hasBetterFailed ? 'better-failed' : 'better-too-slow';
  }

  #end(): void {
    if (this.#rungs.some((rung) => rung.state === 'waiting' || rung.state === 'probing')) return;
    this.#actions.push({ type: this.#phase === 'chosen' ? 'finish' : 'fail' });
    this.#phase = 'ended';
  }

  #next(): Rung | undefined {
    return this.#rungs.find((rung) => rung.state === 'waiting');
  }

  #graceEnd(): number {
    return (this.#firstWorkedAt ?? Number.POSITIVE_INFINITY) + this.#timing.grace;
  }
}
