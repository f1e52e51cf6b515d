import { type Options, parseOptions, USAGE, UsageError } from './command-line.ts';
import { withPeers } from './peers.ts';
import { runSuite } from './run-suite.ts';
import { formatLine, formatMarkdown, formatSummary } from './score-table.ts';

const EXIT = { holds: 0, fails: 1, usage: 2 };

const exitCode = await main(process.argv.slice(2));
// A check that was given up may still hold sockets. What was written before is flushed first.
process.stdout.write('', () => process.exit(exitCode));

async function main(args: readonly string[]): Promise<number> {
  try {
    return await attack(parseOptions(args));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n\n${USAGE}`);
    return EXIT.usage;
  }
}

async function attack({ only, format, peers, ...server }: Options): Promise<number> {
  const isText = format === 'text';
  const results = await withPeers(peers, (open) =>
    runSuite(
      { ...server, peers: open },
      { ...(only && { only }), ...(isText && { onResult: (result) => console.log(formatLine(result)) }) },
    ),
  );
  if (isText) console.log(`\n${formatSummary(results)}`);
  if (format === 'json') console.log(JSON.stringify(results, undefined, 2));
  if (format === 'markdown') console.log(formatMarkdown([{ name: server.udp.ip, results }]));
  return results.some(({ verdict }) => verdict === 'fail') ? EXIT.fails : EXIT.holds;
}
