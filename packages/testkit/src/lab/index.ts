export { type BrowserOptions, startBrowser } from './browser.ts';
export { issueTestCertificates, type TestCertificates } from './certificates.ts';
export type { Count, Counters } from './counters.ts';
export { CHECKOUT, SOURCE_FLAGS } from './inside-program.ts';
export { type Janus, startJanus, VIDEO_ROOM } from './janus.ts';
export { Lab, type LabAddresses, type LabOptions, type RunOptions, type RunResult } from './lab.ts';
export { LabProcess, type ProcessEnd, type SpawnOptions } from './lab-process.ts';
export {
  LAB_APP,
  LAB_SECRET,
  LAB_SHARED_SECRET,
  type PinholeOptions,
  PinholeProcess,
  type TurnCredential,
} from './pinhole-process.ts';
export { CLOSED_PROFILE_NAMES, PROFILE_NAMES, PROFILES, type Profile, type ProfileName } from './profiles.ts';
export { type Endpoint, probe, startEchoServers } from './reachability.ts';
export { type Readiness, waitUntilUp } from './readiness.ts';
export type { LabPart } from './requirements.ts';
export type { CounterName } from './ruleset.ts';
export { LAB_FOLDER } from './sandbox.ts';
export { type SiteRoutes, startStaticSite } from './static-site.ts';
export { type LabHost, LEGS, type LegName } from './topology.ts';
export {
  attemptTurnClient,
  parseTurnClientOutput,
  runTurnClient,
  startTurnPeer,
  type TurnClientAttempt,
  type TurnClientOptions,
  type TurnClientResult,
  type TurnTransport,
} from './turnutils.ts';
