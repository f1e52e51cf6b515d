// npm test: sets up what is missing, the firewall lab's system packages included where that is possible, and runs every
// test. Arguments are files or patterns to run instead of all.
import { spawn } from 'node:child_process';
import { root, SOURCE_FLAGS } from './node24.mjs';
import { runOrExplain, setUp } from './setup.mjs';
import { ensureLabPackages } from './system-packages.mjs';

// The real parts first: they take longest, and two files at a time keep two cores busy.
const ALL = ['e2e/**/*.test.ts', 'packages/*/src/**/*.test.ts', 'packages/*/demo/**/*.test.ts', 'scripts/*.test.ts'];
const CONCURRENCY = 2;

const node = runOrExplain(setUp);
const { line } = ensureLabPackages();
const patterns = process.argv.length > 2 ? process.argv.slice(2) : ALL;
const child = spawn(node, [...SOURCE_FLAGS, '--test', `--test-concurrency=${CONCURRENCY}`, ...patterns], {
  cwd: root,
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => {
  if (line !== '')
    console.error(`\nTests of the firewall lab did not run; they are counted as skipped. To run them:\n  ${line}`);
  process.exit(code ?? 1);
});
