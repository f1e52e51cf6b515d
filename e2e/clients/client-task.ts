// What a client program is asked to do and what it says afterwards, as JSON: the programs are written in several languages.
import type { TurnTransport } from '@pinhole/testkit/lab';

/** Standard input of a client program. */
export interface ClientTask {
  readonly transport: TurnTransport;
  /** The same server twice: as a URL for WebRTC stacks, and in parts for those that take parts. */
  readonly url: string;
  readonly server: { readonly ip: string; readonly port: number };
  readonly realm: string;
  readonly username: string;
  readonly password: string;
  /** PEM file of the authority that the server's certificate comes from. */
  readonly caFile: string;
  /** A UDP echo server that only the relay can reach. WebRTC stacks bring their own other end and leave it alone. */
  readonly peer: { readonly ip: string; readonly port: number };
  readonly messages: number;
  readonly messageBytes: number;
  /** The program gives up after this long. */
  readonly timeoutMs: number;
}

/** One end's selected candidate pair, or what stands for it in a client that has no ICE. */
export interface RelayedEnd {
  readonly localType: string;
  readonly remoteType: string;
  /** How the end talks to the server, where its interface tells. */
  readonly relayProtocol?: string;
}

/** The last line that a client program writes to standard output. */
export interface ClientOutcome {
  /** The library's version, from the library itself. */
  readonly version: string;
  readonly sentMessages: number;
  readonly sentBytes: number;
  readonly echoedMessages: number;
  readonly echoedBytes: number;
  /** Every echoed message was byte for byte the one that was sent. Absent: the client compares in its own way, or only counts. */
  readonly identical?: boolean;
  readonly ends: readonly RelayedEnd[];
}
