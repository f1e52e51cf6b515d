import type { Socket } from 'node:net';
import type { Millis } from '@pinhole/protocol';
import type { Traffic } from '../counters.ts';
import type { Direction, RelayBandwidth } from './bandwidth.ts';
import type { LiveCounters } from './live-counters.ts';

export interface StreamsToJoin {
  readonly client: Socket;
  readonly peer: Socket;
  readonly bandwidth: RelayBandwidth;
  readonly counters: LiveCounters;
  readonly clock: () => Millis;
}

/** How long one side may go on after the other has ended. */
export const JOINED_LINGER: Millis = 10_000;
/** How soon bytes are offered again that were beyond the bandwidth. */
const RETRY_AFTER: Millis = 20;

/**
 * Makes one of a client's stream and a peer's connection (RFC 6062 §5.4): byte for byte, with back-pressure, and within
 * the bandwidth, beyond which bytes wait instead of being lost. They end together: at once where one breaks, and after
 * what is on its way where it ends in order.
 */
export function joinStreams(streams: StreamsToJoin): void {
  const { client, peer, counters } = streams;
  let linger: NodeJS.Timeout | undefined;
  const destroyBoth = (): void => {
    clearTimeout(linger);
    client.destroy();
    peer.destroy();
  };
  const ended = (): void => {
    linger ??= setTimeout(destroyBoth, JOINED_LINGER);
  };
  for (const [from, to, direction, received, sent] of [
    [client, peer, 'fromClient', counters.fromClients, counters.toPeers],
    [peer, client, 'fromPeer', counters.fromPeers, counters.toClients],
  ] as const) {
    from.setKeepAlive(true, 60_000);
    from.on('error', destroyBoth);
    from.once('end', ended);
    from.once('close', () => {
      if (!from.readableEnded || to.writableFinished) destroyBoth();
      else to.once('finish', destroyBoth);
    });
    new Pump(streams, { from, to, direction, received, sent }).start();
  }
  if (client.destroyed || peer.destroyed) destroyBoth();
}

interface OneWay {
  readonly from: Socket;
  readonly to: Socket;
  readonly direction: Direction;
  readonly received: Traffic;
  readonly sent: Traffic;
}

/** One direction. Bytes count as sent when the system has taken them. */
class Pump {
  readonly #streams: StreamsToJoin;
  readonly #way: OneWay;
  #waiting: Buffer | undefined;
  #hasEnded = false;

  constructor(streams: StreamsToJoin, way: OneWay) {
    this.#streams = streams;
    this.#way = way;
  }

  start(): void {
    const { from, to, received } = this.#way;
    to.on('drain', () => {
      if (this.#waiting === undefined) from.resume();
    });
    from.on('data', (chunk: Buffer) => {
      received.bytes += chunk.length;
      this.#forward(chunk);
    });
    from.once('end', () => {
      this.#hasEnded = true;
      if (this.#waiting === undefined) to.end();
    });
    from.resume();
  }

  #forward(chunk: Buffer): void {
    const { from, to, direction, sent } = this.#way;
    const { bandwidth, clock } = this.#streams;
    if (to.destroyed) return;
    if (!bandwidth.admits(direction, chunk.length, clock())) return this.#wait(chunk);
    this.#waiting = undefined;
    const hasRoom = to.write(chunk, (error) => {
      if (!error) sent.bytes += chunk.length;
    });
    if (this.#hasEnded) to.end();
    else if (hasRoom) from.resume();
    else from.pause();
  }

  #wait(chunk: Buffer): void {
    this.#waiting = chunk;
    this.#way.from.pause();
    setTimeout(() => this.#forward(chunk), RETRY_AFTER).unref();
  }
}
