import type { Socket } from 'node:net';
import type { Millis } from '@pinhole/protocol';

/** How long one side may go on after the other has ended. */
export const LINGER: Millis = 10_000;

/**
 * Joins two connections, byte for byte and with back-pressure. They end together: whatever ends one of them ends the
 * other, at once where it broke, and after what is on its way where it ended in order.
 */
export function tunnel(a: Socket, b: Socket): void {
  let linger: NodeJS.Timeout | undefined;
  const destroyBoth = (): void => {
    clearTimeout(linger);
    a.destroy();
    b.destroy();
  };
  const onEnd = (): void => {
    linger ??= setTimeout(destroyBoth, LINGER);
  };
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    from.setTimeout(0);
    from.setKeepAlive(true, 60_000);
    from.on('error', destroyBoth);
    from.once('end', onEnd);
    from.once('close', () => {
      if (!from.readableEnded || to.writableFinished) destroyBoth();
      else to.once('finish', destroyBoth);
    });
    from.pipe(to);
  }
}
