// Firefox, driven over WebDriver BiDi: headless, with a profile of its own that trusts the test's authority.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ClientTask } from '../client-task.ts';
import { BidiSession } from './bidi-session.ts';
import { runClientProgram } from './task-io.ts';
import { type EchoOutcome, echoThroughRelay } from './w3c-echo.ts';

// Nothing but the test may speak.
const PREFERENCES: readonly (readonly [string, string])[] = [
  ['app.normandy.enabled', 'false'],
  ['app.update.disabledForTesting', 'true'],
  ['network.captive-portal-service.enabled', 'false'],
  ['network.connectivity-service.enabled', 'false'],
  ['toolkit.telemetry.enabled', 'false'],
  ['services.settings.server', '"data:,"'],
];

await runClientProgram(async (task) => {
  const profile = makeProfile(task);
  const firefox = spawn(
    'firefox-esr',
    ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0'],
    {
      env: { ...process.env, HOME: profile, MOZ_CRASHREPORTER_DISABLE: '1' },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  try {
    const session = await BidiSession.open(await bidiAddress(firefox));
    const outcome = (await session.call(echoThroughRelay, task)) as EchoOutcome;
    return { version: session.browserVersion, ...outcome };
  } finally {
    firefox.kill('SIGKILL');
    rmSync(profile, { recursive: true, force: true });
  }
});

function makeProfile(task: ClientTask): string {
  const profile = mkdtempSync(join(tmpdir(), 'firefox-'));
  writeFileSync(
    join(profile, 'user.js'),
    PREFERENCES.map(([name, value]) => `user_pref("${name}", ${value});\n`).join(''),
  );
  const db = `sql:${profile}`;
  execFileSync('certutil', ['-N', '-d', db, '--empty-password']);
  execFileSync('certutil', ['-A', '-d', db, '-n', 'Pinhole test CA', '-t', 'C,,', '-i', task.caFile]);
  return profile;
}

async function bidiAddress(firefox: ChildProcess): Promise<string> {
  if (firefox.stderr === null) throw new Error('Firefox has no standard error.');
  for await (const line of createInterface({ input: firefox.stderr })) {
    const address = /WebDriver BiDi listening on (ws:\S+)/.exec(line)?.[1];
    if (address !== undefined) return address;
  }
  throw new Error('Firefox ended before it listened.');
}
