import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Config, ListenConfig, Log } from '@pinhole/contract';
import type { TransportAddress } from '@pinhole/protocol';

/** What the composition asks of an edge, so that a test can stand in for one. */
export type StartEdge = (options: EdgeOptions) => Promise<RunningEdge>;

export interface EdgeOptions {
  readonly config: Config;
  readonly externalIp: string;
  /** PEM texts. */
  readonly tls: { readonly cert: string; readonly key: string };
  /** Answers every request that is not for the gateway. */
  readonly web: (request: IncomingMessage, response: ServerResponse) => void;
  readonly log: Log;
}

export interface RunningEdge {
  /** In the order of the configuration. */
  readonly listening: readonly { readonly transport: ListenConfig['transport']; readonly address: TransportAddress }[];
  readonly datapath: string;
  metricsText(): Promise<string>;
  close(): Promise<void>;
}
