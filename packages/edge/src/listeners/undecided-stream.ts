import type { Socket } from 'node:net';
import type { Millis } from '@pinhole/protocol';
import type { StreamEndReason } from '../datapath/counters.ts';
import { prepareAccepted, type StreamEnds } from './accepted-stream.ts';
import type { StreamDeadlines } from './stream-deadlines.ts';

/** How long a connection may take until it has said what it is; for TLS, the handshake included. */
export const SILENCE_LIMIT: Millis = 10_000;

export interface UndecidedOptions {
  readonly deadlines: StreamDeadlines;
  /** Every connection that is accepted, so that a shutdown can end it. */
  readonly accepted: (socket: Socket) => void;
  /** A connection was ended before it became anything. */
  readonly ended: (reason: StreamEndReason) => void;
}

/** A connection that has not said what it is. It must become decided or end; what comes after the first is ignored. */
export interface UndecidedStream {
  readonly ends: StreamEnds;
  decided(): void;
  end(reason: StreamEndReason): void;
}

/** Puts an accepted connection under the limit of silence; `undefined` where it has gone already. */
export function acceptUndecided(
  socket: Socket,
  { accepted, deadlines, ended }: UndecidedOptions,
): UndecidedStream | undefined {
  const ends = prepareAccepted(socket);
  if (ends === undefined) {
    socket.destroy();
    return undefined;
  }
  accepted(socket);
  let isOpen = true;
  const decided = (): void => {
    isOpen = false;
    deadlines.clear(socket);
  };
  const end = (reason: StreamEndReason): void => {
    if (!isOpen) return;
    decided();
    socket.destroy();
    ended(reason);
  };
  deadlines.watch(socket, SILENCE_LIMIT, () => end('silent'));
  socket.once('close', decided);
  return { ends, decided, end };
}
