import { type FiveTuple, fiveTupleKey } from '@pinhole/protocol';
import type { TurnStream } from '../../listeners/accepted-stream.ts';
import { StreamClient, type StreamClientOptions } from './stream-client.ts';

/** Every client that came over TCP or TLS, by five-tuple. Relayed packets do not come by here. */
export class StreamClients {
  readonly #options: Omit<StreamClientOptions, 'stream'>;
  readonly #clients = new Map<string, StreamClient>();

  constructor(options: Omit<StreamClientOptions, 'stream'>) {
    this.#options = options;
  }

  add(stream: TurnStream): void {
    const key = fiveTupleKey(stream.fiveTuple);
    const gone = (client: StreamClient): void => {
      // A new connection from the same port may have come before the old one's end was noticed.
      if (this.#clients.get(key) === client) this.#clients.delete(key);
      this.#options.counters.clientStreams -= 1;
      this.#options.gone(client);
    };
    this.#options.counters.clientStreams += 1;
    this.#clients.set(key, new StreamClient({ ...this.#options, stream, gone }));
  }

  find(fiveTuple: FiveTuple): StreamClient | undefined {
    return this.#clients.get(fiveTupleKey(fiveTuple));
  }
}
