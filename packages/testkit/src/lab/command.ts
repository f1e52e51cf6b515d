// `npm run lab -- <profile>`: keeps a lab up until Ctrl-C, with Janus in the cloud and Pinhole in the DMZ where it is there.
import { once } from 'node:events';
import { issueTestCertificates } from './certificates.ts';
import { type Janus, startJanus } from './janus.ts';
import { Lab } from './lab.ts';
import { PinholeProcess } from './pinhole-process.ts';
import { isProfileName, PROFILE_NAMES, PROFILES, type Profile, type ProfileName } from './profiles.ts';
import { LEG_NAMES, LEGS } from './topology.ts';

const USAGE = 'Usage: npm run lab -- <profile>     npm run lab -- --list';
const EXIT_USAGE = 2;

process.exitCode = await main(process.argv.slice(2));

async function main([word]: readonly string[]): Promise<number> {
  if (word === '--list') return listProfiles();
  if (word === undefined || !isProfileName(word)) {
    console.error(word === undefined ? USAGE : `There is no profile "${word}". ${USAGE}`);
    listProfiles();
    return EXIT_USAGE;
  }
  const reason = Lab.unavailable();
  if (reason === undefined) return keepUp(word);
  console.error(reason);
  return 1;
}

function listProfiles(): number {
  for (const name of PROFILE_NAMES)
    console.log(`${name}\n    ${PROFILES[name].models}\n    ${openingsOf(PROFILES[name])}`);
  return 0;
}

function openingsOf({ corpMayReach }: Profile): string {
  if (corpMayReach === 'anything') return 'corp may reach anything.';
  if (corpMayReach.length === 0) return 'corp may reach nothing.';
  const openings = corpMayReach.map(({ protocol, port }) => `${protocol} ${LEGS.dmz.ip}:${port}`);
  return `corp may reach ${openings.join(' and ')}.`;
}

async function keepUp(name: ProfileName): Promise<number> {
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), once(process, 'SIGHUP')]);
  await using lab = await Lab.create({ profile: name });
  console.log(`${name}: ${PROFILES[name].models} ${openingsOf(PROFILES[name])}`);
  const janus = Lab.unavailable(['sfu']) === undefined ? await startJanus(lab) : undefined;
  const pinhole = await startPinhole(lab, janus);
  printPlaces(lab, janus, pinhole);
  await stopped;
  printCounters(await lab.counters());
  return 0;
}

async function startPinhole(lab: Lab, janus: Janus | undefined): Promise<PinholeProcess | undefined> {
  if (!PinholeProcess.isThere()) return undefined;
  const certificates = await issueTestCertificates([lab.addresses.dmz]);
  const ca = lab.outsidePath(lab.writeFile('ca.pem', certificates.ca));
  console.log(`  test CA       ${ca}`);
  const upstream = { signalingUrl: janus?.signalingUrl ?? `ws://${lab.addresses.cloud}:8188/` };
  return PinholeProcess.start(lab, { certificates, upstream, onLine: (line) => console.log(`  pinhole | ${line}`) });
}

function printPlaces(lab: Lab, janus: Janus | undefined, pinhole: PinholeProcess | undefined): void {
  for (const leg of LEG_NAMES) console.log(`  ${leg.padEnd(13)} ${LEGS[leg].ip.padEnd(15)} ${LEGS[leg].role}`);
  console.log(`  Janus         ${janus?.signalingUrl ?? 'not installed (apt-get install janus)'}`);
  console.log(`  Pinhole       ${pinhole?.server ?? 'not in this checkout'}`);
  console.log(`  A shell in corp (or dmz, cloud, fw):\n    ${lab.enter('corp', 'bash').join(' ')}`);
  console.log('  Ctrl-C ends the lab and everything in it.');
}

function printCounters(counters: object): void {
  console.log('\nWhat the router counted:');
  for (const [name, { packets, bytes }] of Object.entries(counters)) {
    console.log(`  ${name.padEnd(22)} ${packets} packets, ${bytes} bytes`);
  }
}
