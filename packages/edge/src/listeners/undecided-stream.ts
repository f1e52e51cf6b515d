import type { Socket } from 'node:net';
import type { Millis } from '@pinhole/protocol';
import type { StreamEndReason } from '../datapath/counters.ts';
import { prepareAccepted, type StreamEnds } from './accepted-stream.ts';
import type { ConnectionPlaces, PlaceRefusal } from './connection-places.ts';
import { readProxyHeader } from './proxied-stream.ts';
import type { StreamDeadlines } from './stream-deadlines.ts';

/** How long a connection may take until it has said what it is; for TLS, the handshake included. */
export const SILENCE_LIMIT: Millis = 10_000;
/** A proxy writes its header before anything else, so that it comes at once. */
export const PROXY_HEADER_LIMIT: Millis = 3_000;

export interface UndecidedOptions {
  readonly deadlines: StreamDeadlines;
  /** Whether what connects from this address is a proxy, which says first for whom (PROXY protocol). */
  readonly isProxy: (ip: string) => boolean;
  readonly places: ConnectionPlaces;
  /** Every connection that is accepted, so that a shutdown can end it. */
  readonly accepted: (socket: Socket) => void;
  /** A connection was ended before it became anything. */
  readonly ended: (reason: StreamEndReason) => void;
}

/** A connection that has not said what it is. It must become decided or end; what comes after the first is ignored. */
export interface UndecidedStream {
  /** Of the client itself, also behind a proxy. */
  readonly ends: StreamEnds;
  decided(): void;
  end(reason: StreamEndReason): void;
}

/** Puts an accepted connection under the limit of silence; `ready` once it is known whose it is. */
export function acceptUndecided(
  socket: Socket,
  options: UndecidedOptions,
  ready: (stream: UndecidedStream) => void,
): void {
  const ends = prepareAccepted(socket);
  if (ends === undefined) return void socket.destroy();
  options.accepted(socket);
  const waiting = new WaitingStream(socket, options);
  if (!waiting.hasPlace(options.places.take(socket))) return;
  if (options.isProxy(ends.clientAddress.ip)) waiting.forClient(ends, ready);
  else waiting.forFirstByte(ends, ready);
}

class WaitingStream {
  readonly #socket: Socket;
  readonly #options: UndecidedOptions;
  #isOpen = true;

  constructor(socket: Socket, options: UndecidedOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.once('close', () => this.#decided());
  }

  forClient(ends: StreamEnds, ready: (stream: UndecidedStream) => void): void {
    this.#limit(PROXY_HEADER_LIMIT, 'badProxyHeader');
    readProxyHeader(this.#socket, (header) => {
      if (header.outcome === 'proxied') this.forFirstByte(header.ends, ready);
      // A health check: client and server are the two ends that we see. A proxy is no client that takes too much.
      else if (header.outcome === 'local') this.#wait(ends, ready);
      else this.#end('badProxyHeader');
    });
  }

  forFirstByte(ends: StreamEnds, ready: (stream: UndecidedStream) => void): void {
    const refusal = this.#options.places.takeForClient(this.#socket, ends.clientAddress.ip);
    if (this.hasPlace(refusal)) this.#wait(ends, ready);
  }

  /** Ends the stream where it was refused. Nothing is said: in which protocol, is not known yet. */
  hasPlace(refusal: PlaceRefusal | undefined): boolean {
    if (refusal !== undefined) this.#end(refusal);
    return refusal === undefined;
  }

  #wait(ends: StreamEnds, ready: (stream: UndecidedStream) => void): void {
    this.#limit(SILENCE_LIMIT, 'silent');
    ready({ ends, decided: () => this.#decided(), end: (reason) => this.#end(reason) });
  }

  #limit(within: Millis, reason: StreamEndReason): void {
    this.#options.deadlines.watch(this.#socket, within, () => this.#end(reason));
  }

  #decided(): void {
    this.#isOpen = false;
    this.#options.deadlines.clear(this.#socket);
  }

  #end(reason: StreamEndReason): void {
    if (!this.#isOpen) return;
    this.#decided();
    this.#socket.destroy();
    this.#options.ended(reason);
  }
}
