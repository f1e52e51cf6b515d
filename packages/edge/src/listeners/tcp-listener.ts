import type { Socket } from 'node:net';
import { streamFiveTuple, type TurnStream } from './accepted-stream.ts';
import { type BindAddress, bindTcpServer, type Listener } from './bound-server.ts';
import { whenClassified } from './demux.ts';
import { acceptUndecided, type UndecidedOptions } from './undecided-stream.ts';

export interface StreamListenerOptions extends UndecidedOptions {
  readonly bind: BindAddress;
  readonly turn: (stream: TurnStream) => void;
  readonly fault: (error: Error) => void;
}

/** Serves TURN over TCP alone (`transport: tcp`). */
export function listenTcp(options: StreamListenerOptions): Promise<Listener> {
  return bindTcpServer({ ...options, accept: (socket) => acceptTurn(socket, options) });
}

function acceptTurn(socket: Socket, options: StreamListenerOptions): void {
  acceptUndecided(socket, options, (undecided) => {
    whenClassified(socket, (protocol) => {
      if (protocol !== 'stun') return undecided.end('unknownProtocol');
      undecided.decided();
      options.turn({ socket, fiveTuple: streamFiveTuple(undecided.ends, 'tcp') });
    });
  });
}
