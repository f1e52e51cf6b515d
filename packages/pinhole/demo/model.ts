import type { Attempt, Decision, ProxyError, Transport, TransportChoice } from '@pinhole/client';
import type { DemoConfig } from '@pinhole/contract';
import type { Figures } from './figures.ts';

/** Why there is no call. */
export type Failure =
  /** `GET /demo/config.json` gave no config. */
  | { readonly step: 'config'; readonly status: string }
  | { readonly step: 'start'; readonly error: ProxyError }
  /** The relay works, and the two ends do not find each other through it. */
  | { readonly step: 'call'; readonly seconds: number }
  /** The call was through, and broke. */
  | { readonly step: 'lost' };

/** What one run has come to. Everything on the page is drawn from this. */
export interface Run {
  readonly state: 'idle' | 'starting' | 'connecting' | 'connected' | 'interrupted' | 'failed';
  readonly choice: TransportChoice;
  readonly tried: readonly Attempt[];
  readonly decision: Decision | undefined;
  readonly figures: Figures | undefined;
  /** From the beginning of the run. */
  readonly firstPictureMillis: number | undefined;
  readonly failure: Failure | undefined;
}

export interface Model {
  readonly config: DemoConfig | undefined;
  readonly cameraProblem: string | undefined;
  readonly run: Run;
}

export function newRun(choice: TransportChoice, state: 'idle' | 'starting'): Run {
  return {
    state,
    choice,
    tried: [],
    decision: undefined,
    figures: undefined,
    firstPictureMillis: undefined,
    failure: undefined,
  };
}

/** The transport that the page speaks of: measured where the call is through, else the one that was chosen. */
export function currentTransport({ state, figures, decision }: Run): Transport | undefined {
  return state === 'connected' ? figures?.transport : decision?.chosen;
}

/** The attempt for this transport, where there was one. */
export function attemptOf(run: Run, transport: Transport): Attempt | undefined {
  return run.tried.find(({ what }) => what === transport);
}

/** `host:port` of a TURN URL, for people. */
export function addressOfUrl(url: string): string {
  return url.replace(/^turns?:/, '').replace(/\?.*$/, '');
}

/** The port that clients use for this transport: as tried, else as published. */
export function portOf({ run, config }: Model, transport: Transport): string {
  const url = attemptOf(run, transport)?.urls[0];
  if (url !== undefined) return addressOfUrl(url).replace(/^.*:/, '');
  const protocol = transport === 'udp' ? 'udp' : 'tcp';
  return String(config?.allowlist.find((row) => row.protocol === protocol)?.port ?? '');
}
