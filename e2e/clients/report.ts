// npm run clients:report: runs the client tests and writes docs/clients.md from what they found.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { CHECKOUT } from '@pinhole/testkit/lab';
import { RECORDS_VARIABLE, readRecords } from './client-record.ts';
import { clientsPage, type RunFacts } from './clients-page.ts';

const PAGE = join(CHECKOUT, 'docs', 'clients.md');
// The page's own test looks at the page that is about to be written.
const TESTS = globSync('e2e/clients/*.test.ts', { cwd: CHECKOUT }).filter((file) => !file.includes('clients-page'));

const records = mkdtempSync(join(tmpdir(), 'pinhole-clients-'));
try {
  const { code, output } = await runTests();
  console.log(output);
  if (code === 0) writeFileSync(PAGE, clientsPage(readRecords(records), runFacts(output)));
  else console.error('A client test failed: docs/clients.md stays as it was.');
  process.exitCode = code;
} finally {
  rmSync(records, { recursive: true });
}

async function runTests(): Promise<{ code: number; output: string }> {
  const args = [...process.execArgv, '--test', '--test-concurrency=2', '--test-reporter=spec', ...TESTS];
  const child = spawn(process.execPath, args, {
    cwd: CHECKOUT,
    env: { ...process.env, [RECORDS_VARIABLE]: records },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  const output = await text(child.stdout);
  const [code] = await exit;
  return { code: typeof code === 'number' ? code : 1, output };
}

function runFacts(output: string): RunFacts {
  const name = /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  return {
    date: new Date().toISOString().slice(0, 10),
    system: `${name} on ${process.arch}, Node ${process.versions.node}`,
    skipped: Array.from(output.matchAll(/^﹣ (.*) \([\d.]+ms\) # (.*)$/gm), ([, client, why]) => `${client}: ${why}`),
  };
}
