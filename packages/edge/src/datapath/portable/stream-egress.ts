import type { Writable } from 'node:stream';
import type { Millis } from '@pinhole/protocol';
import { countTraffic, type LiveCounters } from './live-counters.ts';

/** Media that waits behind this much is late already: a slow reader loses packets, as it would over UDP. */
export const MAX_WAITING_DATA_BYTES: number = 1024 * 1024;
/** Who asks so much and reads nothing of it is cut off. */
export const MAX_WAITING_ANSWER_BYTES: number = 1024 * 1024;

export interface StreamEgressOptions {
  readonly socket: Writable;
  readonly counters: LiveCounters;
  readonly clock: () => Millis;
  /** How long data may wait; read for each frame anew. */
  readonly maxAge: () => Millis;
}

interface WaitingData {
  readonly frame: Uint8Array;
  /** Application data in it. */
  readonly byteLength: number;
  readonly since: Millis;
}

/**
 * What waits for a client that reads slower than is sent to it, in front of the socket: there frames can still be
 * dropped, whole. Old data goes first, for a decoder has given it up already, and each frame that stays late makes the
 * next one late too. Answers are kept and overtake data, so that no answer about a channel comes after what is sent on it.
 *
 * What the system has taken is out of reach: its send buffer may hold as much again.
 */
export class StreamEgress {
  readonly #options: StreamEgressOptions;
  readonly #answers: Uint8Array[] = [];
  readonly #data: WaitingData[] = [];
  #answerBytes = 0;
  #dataBytes = 0;

  constructor(options: StreamEgressOptions) {
    this.#options = options;
    options.socket.once('close', () => this.#abandon());
  }

  /** Sends one frame of data, now or soon, or drops one; either way each frame is counted once. Keeps the frame. */
  sendData(frame: Uint8Array, byteLength: number): void {
    const { socket, counters, clock } = this.#options;
    if (!socket.writable) {
      counters.dropped.clientGone += 1;
      return;
    }
    this.#data.push({ frame, byteLength, since: clock() });
    this.#dataBytes += frame.length;
    this.#flush();
    while (this.#dataBytes > MAX_WAITING_DATA_BYTES) this.#drop('egressFull');
  }

  /** Sends one frame that must not be lost; false where too much waits already. Keeps the frame. */
  sendAnswer(frame: Uint8Array): boolean {
    if (this.#answerBytes > MAX_WAITING_ANSWER_BYTES) return false;
    if (!this.#options.socket.writable) return true;
    this.#answers.push(frame);
    this.#answerBytes += frame.length;
    this.#flush();
    return true;
  }

  /** Gives all that waits to the socket at once, for somebody else writes to it from now on. */
  handOver(): void {
    while (this.#writeNext());
  }

  readonly #flush = (): void => {
    this.#dropStale();
    while (this.#canWrite() && this.#writeNext());
  };

  /**
   * One frame at a time: what is in the socket can no longer be dropped, and Node joins what waits there into one TLS
   * record, of which coturn's client reads the first message only.
   */
  #canWrite(): boolean {
    const { socket } = this.#options;
    return socket.writable && socket.writableLength === 0;
  }

  /** False where nothing waits. */
  #writeNext(): boolean {
    const { socket, counters } = this.#options;
    const answer = this.#answers.shift();
    const data = answer === undefined ? this.#takeData() : undefined;
    const frame = answer ?? data?.frame;
    if (frame === undefined) return false;
    if (answer !== undefined) this.#answerBytes -= answer.length;
    if (data !== undefined) countTraffic(counters.toClients, data.byteLength);
    // One function for all frames: it runs when the system has taken this one, and looks for room.
    socket.write(frame, this.#flush);
    return true;
  }

  #dropStale(): void {
    const { clock, maxAge } = this.#options;
    const oldest = clock() - maxAge();
    for (let first = this.#data[0]; first !== undefined && first.since < oldest; first = this.#data[0]) {
      this.#drop('egressStale');
    }
  }

  #drop(reason: 'egressFull' | 'egressStale' | 'clientGone'): void {
    if (this.#takeData() !== undefined) this.#options.counters.dropped[reason] += 1;
  }

  #takeData(): WaitingData | undefined {
    const data = this.#data.shift();
    if (data !== undefined) this.#dataBytes -= data.frame.length;
    return data;
  }

  #abandon(): void {
    while (this.#data.length > 0) this.#drop('clientGone');
    this.#answers.length = 0;
  }
}
