/** How long a stop may take before the process ends anyway. */
const STOP_WITHIN_MS = 5000;
/** A Ctrl-C reaches this process twice: from the terminal and from its launcher. That is one wish, not two. */
const SAME_WISH_MS = 1000;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Resolves at the first signal, or when the launcher dies; a second wish ends the process at once. */
export async function stopRequest(): Promise<string> {
  const stopped = Promise.withResolvers<string>();
  let wishedAt: number | undefined;
  const stop = (reason: string): void => {
    if (wishedAt !== undefined && performance.now() - wishedAt > SAME_WISH_MS) process.exit(1);
    if (wishedAt === undefined) setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    wishedAt ??= performance.now();
    stopped.resolve(reason);
  };
  for (const signal of SIGNALS) process.on(signal, () => stop(signal));
  process.once('disconnect', () => stop('launcher gone'));
  // The channel to the launcher must not keep a process alive whose work is done.
  process.channel?.unref();
  return stopped.promise;
}
