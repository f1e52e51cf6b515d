import type { Attempt, AttemptOutcome, DecisionReason } from './attempt.ts';
import type { Clock } from './clock.ts';
import { Ladder, type LadderAction, type LadderTiming } from './ladder.ts';
import type { ProvenGroup } from './rtc-configuration.ts';
import type { ProbeResult, RunningProbe, TransportProbe } from './transport-probe.ts';
import { type Transport, type TransportGroup, urlsOf } from './transports.ts';

export interface RaceOptions {
  /** Best first, at least one. */
  readonly groups: readonly TransportGroup[];
  readonly probe: TransportProbe;
  readonly clock: Clock;
  readonly timing: LadderTiming;
  readonly onChosen: (transport: Transport, why: DecisionReason) => void;
  readonly onFailed: () => void;
}

interface Runner {
  readonly group: TransportGroup;
  readonly begin: number;
  readonly probe: RunningProbe;
  end: { readonly ms: number; readonly outcome: AttemptOutcome; readonly result?: ProbeResult } | undefined;
}

/** Runs a ladder on real probes and a real clock, and remembers what came of each attempt. */
export class TransportRace {
  readonly #options: RaceOptions;
  readonly #ladder: Ladder;
  readonly #runners = new Map<Transport, Runner>();
  #cancelTimer: () => void = () => {};
  #chosen: Transport | undefined;
  #isClosed = false;

  constructor(options: RaceOptions) {
    this.#options = options;
    const transports = options.groups.map((group) => group.transport);
    this.#ladder = new Ladder(transports, options.timing, options.clock.now());
  }

  /** Callbacks come after this has returned, except where every group fails at once. */
  start(): void {
    this.#drain();
  }

  /** What was tried so far, in the order in which it began. */
  get attempts(): readonly Attempt[] {
    return [...this.#runners.values()].map((runner) => this.#report(runner));
  }

  /** What works so far, the chosen transport first, then the others, best first. */
  get proven(): readonly ProvenGroup[] {
    const proven = this.#options.groups.flatMap((group) => {
      const result = this.#runners.get(group.transport)?.end?.result;
      return result?.works ? [{ group, provenUrls: result.provenUrls }] : [];
    });
    const isChosen = ({ group }: ProvenGroup): boolean => group.transport === this.#chosen;
    return [...proven.filter(isChosen), ...proven.filter((entry) => !isChosen(entry))];
  }

  /** Ends all probes. No callback follows. */
  close(): void {
    this.#isClosed = true;
    this.#cancelTimer();
    for (const { probe } of this.#runners.values()) probe.close();
  }

  #drain(): void {
    this.#cancelTimer();
    for (let action = this.#ladder.pollAction(); action !== undefined; action = this.#ladder.pollAction()) {
      this.#perform(action);
      if (this.#isClosed) return;
    }
    const due = this.#ladder.pollTimeout();
    if (due === undefined) return;
    const { clock } = this.#options;
    this.#cancelTimer = clock.after(Math.max(0, due - clock.now()), () => {
      // A timer may fire a little early by the clock that is asked here; never hand the ladder a time before its due.
      this.#ladder.handleTimeout(Math.max(due, clock.now()));
      this.#drain();
    });
  }

  #perform(action: LadderAction): void {
    if (action.type === 'begin') this.#begin(action.transport);
    else if (action.type === 'abandon') this.#abandon(action.transport);
    else if (action.type === 'fail') this.#options.onFailed();
    else if (action.type === 'choose') {
      this.#chosen = action.transport;
      this.#options.onChosen(action.transport, action.why);
    }
  }

  #begin(transport: Transport): void {
    const { groups, probe, clock } = this.#options;
    const group = groups.find((candidate) => candidate.transport === transport);
    if (group === undefined) return;
    const running = probe(group, (result) => this.#handleResult(transport, result));
    this.#runners.set(transport, { group, begin: clock.now(), probe: running, end: undefined });
  }

  #handleResult(transport: Transport, result: ProbeResult): void {
    if (this.#isClosed) return;
    const outcome = result.works ? 'works' : result.refused ? 'refused' : 'failed';
    this.#finish(transport, outcome, result);
    this.#ladder.handleResult(this.#options.clock.now(), transport, result.works);
    this.#drain();
  }

  #abandon(transport: Transport): void {
    this.#finish(transport, 'timeout');
  }

  #finish(transport: Transport, outcome: AttemptOutcome, result?: ProbeResult): void {
    const runner = this.#runners.get(transport);
    if (runner === undefined || runner.end !== undefined) return;
    runner.end = { ms: this.#options.clock.now() - runner.begin, outcome, ...(result ? { result } : {}) };
    runner.probe.close();
  }

  #report({ group, begin, probe, end }: Runner): Attempt {
    const said = end?.result === undefined ? probe.lastError : end.result.works ? {} : end.result;
    return {
      what: group.transport,
      urls: urlsOf(group),
      outcome: end?.outcome ?? 'pending',
      ms: end?.ms ?? this.#options.clock.now() - begin,
      ...(said.code === undefined ? {} : { code: said.code }),
      ...(said.text === undefined ? {} : { text: said.text }),
    };
  }
}
