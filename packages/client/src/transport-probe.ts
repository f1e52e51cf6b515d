import type { TransportGroup } from './transports.ts';

/** What a probe found out. */
export type ProbeResult =
  | {
      readonly works: true;
      /** The URLs that gave a relayed transport address, where the platform tells; else all URLs of the group stay. */
      readonly provenUrls: readonly string[];
    }
  | { readonly works: false; readonly refused: boolean; readonly code?: number; readonly text?: string };

/** A probe that runs. */
export interface RunningProbe {
  /** The last error seen so far, for the report of a probe that is abandoned. */
  readonly lastError: { readonly code?: number; readonly text?: string };
  /** Ends the probe and frees its relayed transport address. Safe at any time, also twice. */
  close(): void;
}

/**
 * Proves that the TURN servers of one transport can be reached and accept the credentials, by getting a relayed
 * transport address from them. `onResult` is called at most once, never before `probe()` has returned, and never after
 * `close()`. A probe never throws: what goes wrong is a result.
 */
export type TransportProbe = (group: TransportGroup, onResult: (result: ProbeResult) => void) => RunningProbe;
