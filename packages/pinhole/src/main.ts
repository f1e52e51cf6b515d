import { runCommandLine } from './command-line.ts';
import { stopRequest } from './stop-request.ts';

process.exitCode = await runCommandLine({
  args: process.argv.slice(2),
  context: {
    env: process.env,
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
  },
  stopRequest,
});
