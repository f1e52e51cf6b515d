import type { AllowlistRow } from './allowlist.ts';

/** The body of `GET /demo/config.json`, which only the demo page reads. */
export interface DemoConfig {
  readonly app: string;
  /** An app token that lives for ten minutes. */
  readonly token: string;
  /** Empty: the page's own origin. */
  readonly server: string;
  /** The development CA; `null` where the operator brought a certificate. */
  readonly ca: {
    /** `null`: the server cannot know what the browser trusts. */
    readonly trusted: boolean | null;
    /** The file on the server. */
    readonly path: string;
    readonly download: string;
  } | null;
  readonly datapath: string;
  readonly allowlist: readonly AllowlistRow[];
}
