import type { Socket } from 'node:net';

/** A WebSocket client says nothing before its answer (RFC 6455 §4.1); one that does is heard up to here. */
const MAX_EARLY_BYTES = 64 * 1024;

/**
 * Notices that a client has gone which waits for the upstream's answer. Its socket must be read for that, or its end
 * would not be seen. Calls `gone` at most once, and destroys the socket before.
 *
 * Returns what ends the watch; what the client has said meanwhile is then back on the socket.
 */
export function watchWaitingClient(socket: Socket, gone: () => void): () => void {
  const early: Buffer[] = [];
  let earlyByteLength = 0;
  const onReadable = (): void => {
    const chunk: Buffer | null = socket.read();
    if (chunk === null) return;
    early.push(chunk);
    earlyByteLength += chunk.length;
    if (earlyByteLength > MAX_EARLY_BYTES) onGone();
  };
  const stopListening = (): void => {
    socket.off('readable', onReadable);
    socket.off('end', onGone);
    socket.off('close', onGone);
  };
  const onGone = (): void => {
    stopListening();
    socket.destroy();
    gone();
  };
  socket.on('readable', onReadable);
  socket.once('end', onGone);
  socket.once('close', onGone);
  // It may have left while its ticket was checked.
  if (socket.readableEnded || socket.destroyed) onGone();
  return () => {
    stopListening();
    if (earlyByteLength > 0 && !socket.destroyed) socket.unshift(Buffer.concat(early));
  };
}
