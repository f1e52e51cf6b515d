import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { HttpConnection } from '../datapath/datapath.ts';
import { streamFiveTuple } from './accepted-stream.ts';
import { bindTcpServer, type Listener } from './bound-server.ts';
import { whenClassified } from './demux.ts';
import type { StreamListenerOptions } from './tcp-listener.ts';
import type { TlsTerminator } from './tls-terminator.ts';
import { acceptUndecided, type UndecidedStream } from './undecided-stream.ts';

export interface MuxListenerOptions extends StreamListenerOptions {
  readonly tls: TlsTerminator;
  readonly http: (connection: HttpConnection) => void;
}

/**
 * Serves HTTPS, WebSocket, TURN over TLS, TURN over TCP and plain HTTP on one TCP port (`transport: mux`).
 *
 *     first byte:             STUN -> TURN over TCP     letter -> HTTP     TLS -> handshake
 *     first decrypted byte:   STUN -> TURN over TLS     letter -> HTTP
 *
 * ALPN and SNI do not decide: browsers send no ALPN for TURN, coturn's clients offer `http/1.1` beside `stun.turn`,
 * and some clients send no SNI. In every protocol served here the client speaks first, so the first byte always tells.
 */
export function listenMux(options: MuxListenerOptions): Promise<Listener> {
  return bindTcpServer({ ...options, accept: (socket) => acceptAny(socket, options) });
}

function acceptAny(socket: Socket, options: MuxListenerOptions): void {
  acceptUndecided(socket, options, (undecided) => decide(socket, undecided, options));
}

function decide(socket: Socket, undecided: UndecidedStream, options: MuxListenerOptions): void {
  whenClassified(socket, (protocol) => {
    if (protocol === 'stun') giveToTurn(socket, undecided, options);
    else if (protocol === 'http') giveToHttp(socket, undecided, options);
    else if (protocol === 'tls') terminateTls(socket, undecided, options);
    else undecided.end('unknownProtocol');
  });
}

function terminateTls(socket: Socket, undecided: UndecidedStream, options: MuxListenerOptions): void {
  options.tls.terminate(socket, {
    secure: (tlsSocket) => decideSecure(tlsSocket, undecided, options),
    failed: () => undecided.end('tlsFailed'),
  });
}

function decideSecure(socket: TLSSocket, undecided: UndecidedStream, options: MuxListenerOptions): void {
  whenClassified(socket, (inner) => {
    if (inner === 'stun') giveToTurn(socket, undecided, options);
    else if (inner === 'http') giveToHttp(socket, undecided, options);
    else undecided.end('unknownProtocol');
  });
}

function giveToTurn(socket: Socket, undecided: UndecidedStream, { turn }: MuxListenerOptions): void {
  undecided.decided();
  turn({ socket, fiveTuple: streamFiveTuple(undecided.ends, isSecure(socket) ? 'tls' : 'tcp') });
}

function giveToHttp(socket: Socket, undecided: UndecidedStream, { http }: MuxListenerOptions): void {
  undecided.decided();
  http({ socket, secure: isSecure(socket), ...undecided.ends });
}

function isSecure(socket: Socket): boolean {
  return 'encrypted' in socket;
}
