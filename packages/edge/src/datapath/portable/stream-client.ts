import type { Socket } from 'node:net';
import {
  decodeChannelData,
  encodeChannelData,
  type FiveTuple,
  isChannelData,
  isConnectionBindRequest,
  type Millis,
  StreamFramer,
} from '@pinhole/protocol';
import type { TurnStream } from '../../listeners/accepted-stream.ts';
import type { StreamDeadlines } from '../../listeners/stream-deadlines.ts';
import type { StreamEndReason } from '../counters.ts';
import type { ClientMessage } from '../datapath.ts';
import { dataIndicationByteLength, sendIndicationByteLength } from './indication-data.ts';
import { countTraffic, type LiveCounters } from './live-counters.ts';
import type { ClientPath, Relay } from './relay.ts';
import { StreamEgress } from './stream-egress.ts';

/** How long a message may take from its first byte to its last. */
export const HALF_MESSAGE_LIMIT: Millis = 30_000;

const NOTHING = new Uint8Array(0);

export interface StreamClientOptions {
  readonly stream: TurnStream;
  readonly counters: LiveCounters;
  readonly deadlines: StreamDeadlines;
  readonly clock: () => Millis;
  /** How long data may wait for a client that reads slowly. */
  readonly maxEgressAge: () => Millis;
  readonly messages: (batch: readonly ClientMessage[]) => void;
  /** The stream has ended, whoever ended it. */
  readonly gone: (client: StreamClient) => void;
}

/** One client that came over TCP or TLS: cuts its stream into messages, and makes one of what is sent to it. */
export class StreamClient implements ClientPath {
  readonly fiveTuple: FiveTuple;
  /** The relay of the client's allocation, once it has one. */
  relay: Relay | undefined;
  readonly #options: StreamClientOptions;
  readonly #framer = new StreamFramer({ pauseAfter: isConnectionBindRequest });
  #isHandedOver = false;
  readonly #egress: StreamEgress;

  constructor(options: StreamClientOptions) {
    const { stream, deadlines, gone } = options;
    this.fiveTuple = stream.fiveTuple;
    this.#options = options;
    this.#egress = new StreamEgress({ ...options, socket: stream.socket, maxAge: options.maxEgressAge });
    stream.socket.on('error', () => {});
    stream.socket.on('data', this.#receive);
    stream.socket.once('end', this.#destroy);
    stream.socket.once('close', () => {
      deadlines.clear(this);
      gone(this);
    });
  }

  sendChannelData(channelNumber: number, data: Uint8Array): void {
    this.#egress.sendData(encodeChannelData(channelNumber, data, { padded: true }), data.length);
  }

  /** Sends a STUN message. */
  sendMessage(bytes: Uint8Array): void {
    const dataByteLength = dataIndicationByteLength(bytes);
    // A copy: what waits outlives this call, and the caller reuses its memory.
    if (dataByteLength !== undefined) this.#egress.sendData(bytes.slice(), dataByteLength);
    else if (!this.#egress.sendAnswer(bytes.slice())) this.#end('egressFull');
  }

  destroy(): void {
    this.#destroy();
  }

  /**
   * Gives the stream away, to somebody for whom it is bytes (RFC 6062 §5.4): paused, with our answers written, and with
   * what was read behind the last message put back. It is reported as gone when it ends, as before.
   */
  handOver(): Socket {
    const { stream, deadlines } = this.#options;
    this.#isHandedOver = true;
    deadlines.clear(this);
    stream.socket.pause();
    stream.socket.off('data', this.#receive);
    stream.socket.off('end', this.#destroy);
    this.#egress.handOver();
    const rest = this.#framer.takeRest();
    if (rest.length > 0) stream.socket.unshift(rest);
    return stream.socket;
  }

  readonly #destroy = (): void => {
    this.#options.stream.socket.destroy();
  };

  readonly #receive = (chunk: Uint8Array): void => {
    let framed = this.#framer.push(chunk);
    let hasFinishedOne = framed.frames.length > 0;
    this.#dispatch(framed.frames);
    while (framed.isPaused && !this.#isHandedOver) {
      framed = this.#framer.push(NOTHING);
      hasFinishedOne ||= framed.frames.length > 0;
      this.#dispatch(framed.frames);
    }
    if (this.#isHandedOver) return;
    if (framed.failure !== undefined) return this.#end('badFraming');
    this.#watchUnfinishedMessage(hasFinishedOne);
  };

  /** In the order of the stream: data may follow the request that binds its channel. */
  #dispatch(frames: readonly Uint8Array[]): void {
    let messages: ClientMessage[] = [];
    for (const bytes of frames) {
      if (isChannelData(bytes)) {
        if (messages.length > 0) this.#options.messages(messages);
        messages = [];
        this.#forward(bytes);
      } else {
        messages.push(this.#arrived(bytes));
      }
    }
    if (messages.length > 0) this.#options.messages(messages);
  }

  #arrived(bytes: Uint8Array): ClientMessage {
    const dataByteLength = sendIndicationByteLength(bytes);
    if (dataByteLength !== undefined) countTraffic(this.#options.counters.fromClients, dataByteLength);
    return { fiveTuple: this.fiveTuple, bytes };
  }

  #forward(bytes: Uint8Array): void {
    const { counters } = this.#options;
    const channelData = decodeChannelData(bytes);
    if (channelData === undefined) {
      counters.dropped.badChannelData += 1;
      return;
    }
    countTraffic(counters.fromClients, channelData.data.length);
    if (this.relay === undefined) counters.dropped.unboundChannel += 1;
    else this.relay.forwardFromClient(channelData.channelNumber, channelData.data);
  }

  /** A message that stays half-finished keeps its first deadline; bytes that trickle in do not move it. */
  #watchUnfinishedMessage(hasFinishedOne: boolean): void {
    const { deadlines } = this.#options;
    const isUnfinished = this.#framer.pendingByteLength > 0;
    if (hasFinishedOne || !isUnfinished) deadlines.clear(this);
    if (isUnfinished && !deadlines.has(this)) {
      deadlines.watch(this, HALF_MESSAGE_LIMIT, () => this.#end('halfMessage'));
    }
  }

  #end(reason: StreamEndReason): void {
    if (this.#options.stream.socket.destroyed) return;
    this.#options.counters.endedStreams[reason] += 1;
    this.destroy();
  }
}
