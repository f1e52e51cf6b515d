import type { LogConfig } from '@pinhole/contract';
import { type Command, Option } from 'commander';
import { bannerLines, type Ready } from '../banner.ts';
import { type LoadedConfig, loadConfig } from '../config/load-config.ts';
import { createLog, type LogFormat } from '../log.ts';
import { messagesFor } from '../messages/messages.ts';
import { Reloader } from '../reload.ts';
import { startFailure } from '../start-failure.ts';
import type { Wish } from '../stop-request.ts';
import {
  type CommandContext,
  type ConfigOptions,
  configOf,
  configSource,
  parseSeconds,
  withConfigOptions,
} from './command-options.ts';

interface UpCommandOptions extends ConfigOptions {
  readonly logFormat: LogFormat;
  readonly maxWait: number;
}

/** Resolves when the product shall stop; `onWish` hears what else is wanted until then. */
export type StopRequest = (onWish: (wish: Wish) => void) => Promise<string>;

const SIGNALS = `
SIGHUP reads the configuration again and tells the difference (from a terminal it stops). SIGUSR2 drains: no new
allocations, and the end when the last one has ended. SIGINT and SIGTERM stop.`;

export function addUpCommand(program: Command, context: CommandContext, stopRequest: StopRequest): void {
  withConfigOptions(program.command('up'))
    .description('run the whole product: relay, gateway and control in one process')
    .addOption(
      new Option('--log-format <format>', 'how events are written to stderr')
        .choices(['text', 'json'])
        .env('PINHOLE_LOG_FORMAT')
        .default('text'),
    )
    .option('--max-wait <seconds>', 'how long a drain (SIGUSR2) waits for the last allocation', parseSeconds, 3600)
    .addHelpText('after', SIGNALS)
    .action((options: UpCommandOptions) => runUp(options, context, stopRequest));
}

async function runUp(options: UpCommandOptions, context: CommandContext, stopRequest: StopRequest): Promise<void> {
  const { config } = configOf(options, context);
  let reloader: Reloader | undefined;
  const drained = Promise.withResolvers<string>();
  let drain = (): void => {};
  const settings = (): LogConfig => reloader?.config.log ?? config.log;
  const log = createLog({ format: options.logFormat, write: context.err, now: () => new Date(), settings });
  // Asked for before anything runs, so that a signal during the start is not lost.
  const stopping = stopRequest((wish) => (wish === 'drain' ? drain() : void reloader?.reload()));
  // Loaded here: no other command needs sockets, and each should be there at once.
  const [{ up }, { startEdge }] = await Promise.all([import('../up.ts'), import('@pinhole/edge')]);
  const running = await up({ config, log, startEdge }).catch((error: unknown) => {
    throw startFailure(error, config);
  });
  const { close, reload, drain: drainEdge, ...facts } = running;
  const load = (): LoadedConfig => loadConfig(configSource(options, context));
  reloader = new Reloader({ config, load, apply: reload, tell: context.err, log });
  const ready = { ...facts, seconds: performance.now() / 1000, app: config.apps[0]?.id };
  tellReady(ready, options, context);
  drain = () => {
    log.info('pinhole.draining', { maxWait: options.maxWait });
    drained.resolve(drainEdge(options.maxWait).then((end) => `drained: ${end}`));
  };
  log.info('pinhole.stopping', { reason: await Promise.race([stopping, drained.promise]) });
  await close();
}

function tellReady(ready: Ready, { json }: ConfigOptions, context: CommandContext): void {
  if (json) context.out(JSON.stringify({ ready: true, ...ready }));
  else context.out(bannerLines(ready, messagesFor(context.env)).join('\n'));
}
