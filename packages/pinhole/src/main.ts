import { runCommandLine } from './command-line.ts';

/** How long a stop may take before the process ends anyway. */
const STOP_WITHIN_MS = 5000;

process.exitCode = await runCommandLine({
  args: process.argv.slice(2),
  context: {
    env: process.env,
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
  },
  stopRequest,
});

/** Resolves at the first signal, or when the launcher dies; the second signal ends the process at once. */
async function stopRequest(): Promise<string> {
  const stopped = Promise.withResolvers<string>();
  const stop = (reason: string): void => {
    stopped.resolve(reason);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop(signal));
  // The channel to the launcher must not keep a process alive whose work is done.
  process.once('disconnect', () => stop('launcher gone'));
  process.channel?.unref();
  return stopped.promise;
}
