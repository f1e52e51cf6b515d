import { createSocket } from 'node:dgram';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { StreamFramer } from '@pinhole/protocol';
import type { TurnUrl } from '../turn-url.ts';

/** A way to a TURN server that carries whole messages, over whatever transport its URL names. */
export interface Link {
  send(message: Uint8Array): void;
  /** Sends what is still to be sent, then closes. No handler is called any more. */
  close(): void;
}

export interface LinkHandlers {
  readonly onOpen: () => void;
  readonly onMessage: (message: Uint8Array) => void;
  /** The link is dead. Called at most once. */
  readonly onFailed: (reason: string) => void;
}

export function openLink(url: TurnUrl, handlers: LinkHandlers): Link {
  return url.transport === 'udp' ? openUdp(url, handlers) : openStream(url, handlers);
}

function openUdp({ host, port }: TurnUrl, handlers: LinkHandlers): Link {
  const name = hostName(host);
  const socket = createSocket(isIP(name) === 6 ? 'udp6' : 'udp4');
  let isClosed = false;
  const fail = (error: Error): void => {
    if (!isClosed) handlers.onFailed(error.message);
  };
  socket.on('error', fail);
  socket.on('message', (message) => {
    if (!isClosed) handlers.onMessage(message);
  });
  // A connected socket hears of a closed port (ICMP), and of nobody but the server.
  socket.connect(port, name, () => {
    if (!isClosed) handlers.onOpen();
  });
  return {
    send: (message) => socket.send(message),
    close: () => {
      isClosed = true;
      // Sending is done in order, so an empty turn of the loop lets the last message out.
      setImmediate(() => socket.close());
    },
  };
}

function openStream(url: TurnUrl, handlers: LinkHandlers): Link {
  const framer = new StreamFramer();
  let isClosed = false;
  const fail = (reason: string): void => {
    if (isClosed) return;
    isClosed = true;
    socket.destroy();
    handlers.onFailed(reason);
  };
  const socket = connect(url, () => {
    if (!isClosed) handlers.onOpen();
  });
  socket.setNoDelay(true);
  socket.on('error', (error) => fail(error.message));
  socket.on('close', () => fail('the server closed the connection'));
  socket.on('data', (chunk: Uint8Array) => {
    if (isClosed) return;
    const { frames, failure } = framer.push(chunk);
    for (const frame of frames) handlers.onMessage(frame);
    if (failure !== undefined) fail(`the server does not speak TURN (${failure})`);
  });
  return {
    send: (message) => socket.write(message),
    close: () => {
      isClosed = true;
      // The server closes its end in its own time; a probe does not wait for it.
      socket.end(() => socket.destroy());
      if (socket.connecting) socket.destroy();
    },
  };
}

function connect({ transport, host, port }: TurnUrl, onOpen: () => void): Socket {
  const name = hostName(host);
  if (transport === 'tcp') return connectTcp({ host: name, port }, onOpen);
  // An IP address is no server name (RFC 6066 §3); it is still checked against the certificate.
  return connectTls({ host: name, port, ...(isIP(name) === 0 ? { servername: name } : {}) }, onOpen);
}

/** Without the brackets that an IPv6 address has in a URL. */
function hostName(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}
