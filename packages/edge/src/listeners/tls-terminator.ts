import { constants } from 'node:crypto';
import type { Socket } from 'node:net';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import type { TlsIdentity } from '../datapath/datapath.ts';
import { EdgeError } from '../errors.ts';
import { ignoreError } from './accepted-stream.ts';

/** The server side of TLS on accepted sockets, with a certificate that can be replaced while in use. */
export interface TlsTerminator {
  /** Throws an EdgeError, and keeps the old certificate, where the new one cannot be used. */
  setIdentity(identity: TlsIdentity): void;
  /** Starts the handshake, and calls exactly one of the two. */
  terminate(socket: Socket, outcome: TlsOutcome): void;
}

export interface TlsOutcome {
  readonly secure: (socket: TLSSocket) => void;
  /** The handshake failed, or somebody ended the connection during it. */
  readonly failed: () => void;
}

/**
 * What is agreed with clients that offer something, in our order: whoever offers `stun.turn` means it (RFC 7443).
 *
 * No `h2`, on purpose: a WebSocket begins with an HTTP/1.1 upgrade, and what follows it is piped to the upstream as it
 * is. A client that insists on other protocols than these gets the alert of RFC 7301 §3.2.
 */
const ALPN_PROTOCOLS = ['stun.turn', 'http/1.1'];

export function createTlsTerminator(identity: TlsIdentity): TlsTerminator {
  let secureContext = contextOf(identity);
  return {
    setIdentity: (next) => {
      secureContext = contextOf(next);
    },
    terminate: (socket, outcome) => handshake(socket, secureContext, outcome),
  };
}

function handshake(socket: Socket, secureContext: SecureContext, { secure, failed }: TlsOutcome): void {
  const tlsSocket = new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: ALPN_PROTOCOLS });
  tlsSocket.on('error', ignoreError);
  tlsSocket.once('close', () => socket.destroy());
  // Before the other listeners: with the connection they forget that there was a handshake.
  socket.prependOnceListener('close', failed);
  tlsSocket.once('secure', () => {
    socket.off('close', failed);
    secure(tlsSocket);
  });
}

function contextOf({ cert, key }: TlsIdentity): SecureContext {
  try {
    return createSecureContext({ cert, key, minVersion: 'TLSv1.2', secureOptions: constants.SSL_OP_NO_RENEGOTIATION });
  } catch (cause) {
    // The cause's own text may quote what it read, so it does not go into the message.
    throw new EdgeError('EDGE_ERR_TLS', 'The TLS certificate and key cannot be used. Give matching PEM files.', {
      cause,
    });
  }
}
