// Debian's Chromium on the corp host, driven by playwright-core from outside the lab.
import { type Browser, chromium } from 'playwright-core';
import type { Lab } from './lab.ts';
import { labEnvironment } from './requirements.ts';
import { LAB_FOLDER } from './sandbox.ts';

export interface BrowserOptions {
  /** Its folder in the lab: two browsers need two names. */
  readonly name?: string;
  /** PEM of a certificate authority to trust, as an administrator's policy would install it. */
  readonly trustedCa?: string;
}

const ARGUMENTS: readonly string[] = [
  // A moving picture and a beep instead of a camera and a microphone, granted without asking.
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  // Chromium's own sandbox wants namespaces that root inside a lab cannot give; the lab itself is the sandbox here.
  '--no-sandbox',
  // UDP 443 in a firewall test must be TURN, never QUIC.
  '--disable-quic',
  // Nothing but the test page may speak: an update check would move the drop counters.
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-domain-reliability',
  '--disable-sync',
  '--disable-default-apps',
  '--no-first-run',
  '--no-pings',
  '--disable-features=Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider,AsyncDns,CertificateTransparencyComponentUpdater',
  '--disable-dev-shm-usage',
  '--mute-audio',
];

/** Starts a browser in corp. Close it, or let the lab's end do it. */
export async function startBrowser(lab: Lab, options: BrowserOptions = {}): Promise<Browser> {
  const home = `${LAB_FOLDER}/${options.name ?? 'browser'}`;
  await makeHome(lab, home, options.trustedCa);
  const wrapper = lab.writeFile(`${home.slice(LAB_FOLDER.length + 1)}/chromium`, wrapperScript(lab, home), 0o755);
  return chromium.launch({
    executablePath: lab.outsidePath(wrapper),
    headless: true,
    args: [...ARGUMENTS],
    env: {
      ...labEnvironment(),
      HOME: home,
      XDG_CONFIG_HOME: `${home}/.config`,
      XDG_CACHE_HOME: `${home}/.cache`,
      TMPDIR: `${home}/tmp`,
    },
    // The test process decides when to stop; a browser that hears Ctrl-C by itself would die first and hide why.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
}

/** What playwright starts: enters corp and becomes Chromium there. The pipe on descriptors 3 and 4 passes through. */
function wrapperScript(lab: Lab, home: string): string {
  const [enter, ...args] = lab.enter('corp', 'sh', ['-c', CHROMIUM_WITH_OWN_PROFILE, home]);
  return `#!/bin/sh\nexec ${[enter, ...args].map(quoted).join(' ')} "$@"\n`;
}

// The profile goes into the lab's own files instead of the folder that playwright made: it vanishes with the lab.
const CHROMIUM_WITH_OWN_PROFILE = 'exec chromium "$@" --user-data-dir="$0/profile"';

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** Chromium on Linux trusts what the NSS database in the home folder says. */
async function makeHome(lab: Lab, home: string, trustedCa: string | undefined): Promise<void> {
  const database = `${home}/.pki/nssdb`;
  const folder = home.slice(LAB_FOLDER.length + 1);
  lab.writeFile(`${folder}/.pki/nssdb/.keep`, '');
  lab.writeFile(`${folder}/tmp/.keep`, '');
  const db = `sql:${database}`;
  await certutil(lab, ['-N', '-d', db, '--empty-password']);
  if (trustedCa === undefined) return;
  const file = lab.writeFile(`${folder}/ca.pem`, trustedCa);
  await certutil(lab, ['-A', '-d', db, '-n', 'Pinhole test CA', '-t', 'C,,', '-i', file]);
}

async function certutil(lab: Lab, args: readonly string[]): Promise<void> {
  const { code, stderr } = await lab.run('corp', 'certutil', args);
  if (code !== 0) throw new Error(`certutil ${args[0]} failed: ${stderr.trim()}`);
}
