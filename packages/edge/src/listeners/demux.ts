import type { Duplex } from 'node:stream';
import { classifyStreamStart, type StreamProtocol } from '@pinhole/protocol';

/**
 * Tells what a stream carries by its first byte, once there is one, and puts everything read back onto the stream:
 * whoever takes it over reads it from its beginning. Says nothing where the stream ends before.
 */
export function whenClassified(stream: Duplex, then: (protocol: StreamProtocol) => void): void {
  const onReadable = (): void => {
    const chunk: Buffer | null = stream.read();
    const firstByte = chunk?.[0];
    if (chunk === null || firstByte === undefined) return;
    stopWaiting();
    stream.unshift(chunk);
    then(classifyStreamStart(firstByte));
  };
  const onEnd = (): void => {
    stopWaiting();
    stream.destroy();
  };
  const stopWaiting = (): void => {
    stream.off('readable', onReadable);
    stream.off('end', onEnd);
  };
  stream.on('readable', onReadable);
  stream.on('end', onEnd);
}
