/** How long a stop may take before the process ends anyway. */
const STOP_WITHIN_MS = 5000;
/** A Ctrl-C reaches this process twice: from the terminal and from its launcher. That is one wish, not two. */
const SAME_WISH_MS = 1000;

/** What a signal may ask for while the product runs on. */
export type Wish = 'reload' | 'drain';

/**
 * Resolves at the first signal to stop, or when the launcher dies; a second one ends the process at once.
 *
 * SIGHUP asks for a reload, as of every daemon. In a terminal it says that the terminal is gone, and stops: who closes
 * the window does not want the ports taken. SIGUSR2 asks to drain; SIGUSR1 is Node's own, which opens a debugger.
 */
export async function stopRequest(onWish: (wish: Wish) => void): Promise<string> {
  const stopped = Promise.withResolvers<string>();
  let wishedAt: number | undefined;
  const stop = (reason: string): void => {
    if (wishedAt !== undefined && performance.now() - wishedAt > SAME_WISH_MS) process.exit(1);
    if (wishedAt === undefined) setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    wishedAt ??= performance.now();
    stopped.resolve(reason);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(signal));
  process.on('SIGHUP', () => (process.stdin.isTTY ? stop('SIGHUP') : onWish('reload')));
  process.on('SIGUSR2', () => onWish('drain'));
  process.once('disconnect', () => stop('launcher gone'));
  // The channel to the launcher must not keep a process alive whose work is done.
  process.channel?.unref();
  return stopped.promise;
}
