import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  attemptTurnClient,
  issueTestCertificates,
  LAB_APP,
  LAB_SECRET,
  Lab,
  LEGS,
  PinholeProcess,
  runTurnClient,
  startTurnPeer,
  type TurnClientAttempt,
  type TurnClientOptions,
} from '@pinhole/testkit/lab';

const skip = Lab.unavailable(['turn-tools']) ?? false;
const CLIENTS = 2;
const MESSAGES = 50;
/** Beyond this a recipe hangs: the tool waits for ever for packets that will not come. */
const PATIENCE_MS = 20_000;

/** What the tool does, and how: every message must come back. */
const RECIPES: readonly [what: string, recipe: readonly string[]][] = [
  ['a family asked for by name', ['-X', '-c']],
  ['pairs of relays for RTP and RTCP, by EVEN-PORT and RESERVATION-TOKEN', []],
  ['such pairs with the family asked for by name', ['-X']],
  ['Send and Data indications in place of channels', ['-s', '-c']],
  ['indications over pairs of relays', ['-s']],
  ['relays that talk to each other', ['-y', '-c']],
  ['relays that talk to each other by indications', ['-y', '-s', '-c']],
  ['requests that nobody needs in between', ['-G', '-c']],
  ['the negative tests of the tool between relays', ['-N', '-y', '-c']],
  ['all of these at once', ['-N', '-G', '-y', '-s', '-c']],
];

// The tool spends most of its time waiting: one recipe after the other would take a minute and a half.
describe("the recipes of coturn's client tool (4.6.1)", { skip, concurrency: 5 }, () => {
  let lab: Lab;
  let pinhole: PinholeProcess;

  before(async () => {
    lab = await Lab.create({ profile: 'udp-3478-and-tcp-443' });
    const certificates = await issueTestCertificates([lab.addresses.dmz]);
    const signaling = `http://${lab.addresses.cloud}:8188`;
    const config = {
      relay: { ip: '0.0.0.0', ipv6: '::1', minPort: 49152, maxPort: 65535 },
      apps: [{ id: LAB_APP, secret: LAB_SECRET, upstreams: ['echo'] }],
      upstreams: [{ name: 'echo', signaling, media: [LEGS.cloud.cidr, '::1/128'] }],
    };
    const upstream = { signalingUrl: `ws://${lab.addresses.cloud}:8188/` };
    [pinhole] = await Promise.all([
      PinholeProcess.start(lab, { certificates, upstream, config }),
      startTurnPeer(lab),
      startTurnPeer(lab, 'dmz', '::1'),
    ]);
  });
  after(() => lab.close());

  /** Each run has a credential of its own, so that what one leaves behind is not counted against the next. */
  async function options(recipe: readonly string[]): Promise<TurnClientOptions> {
    const server = { ip: lab.addresses.dmz, port: 3478 };
    const credentials = await pinhole.credentials();
    return { transport: 'udp', server, ...credentials, recipe, clients: CLIENTS, messages: MESSAGES };
  }

  async function loseNothing(recipe: readonly string[], more: Partial<TurnClientOptions> = {}): Promise<void> {
    const result = await runTurnClient(lab, { ...(await options(recipe)), ...more }, PATIENCE_MS);
    const counts = { sent: result.sent, received: result.received, lost: result.lost };
    assert.deepEqual(counts, { sent: CLIENTS * MESSAGES, received: CLIENTS * MESSAGES, lost: 0 }, result.output);
  }

  async function attempt(recipe: readonly string[], timeoutMs: number): Promise<TurnClientAttempt> {
    return attemptTurnClient(lab, await options([...recipe, '-v']), timeoutMs);
  }

  for (const [what, recipe] of RECIPES) {
    test(`lose nothing with ${what} (${recipe.join(' ') || 'no flags'})`, () => loseNothing(recipe));
  }

  // The lab's networks are IPv4: client, relay and peer are on one host.
  test('lose nothing to an IPv6 peer (-x)', () => loseNothing(['-x', '-c'], { from: 'dmz', peerIp: '::1' }));

  test('lose nothing to an IPv6 peer with pairs of relays (-x without -c)', () =>
    loseNothing(['-x'], { from: 'dmz', peerIp: '::1' }));

  test('are told 420 where they ask for DONT-FRAGMENT (-g), which a Node socket cannot promise', async () => {
    const { code, output } = await attempt(['-g', '-c'], PATIENCE_MS);
    assert.match(output, /error 420 \(Unknown Attribute\)/);
    assert.notEqual(code, 0);
  });

  test('do no harm with random garbage (-R), after which nothing is lost', async () => {
    // The tool spoils some of its own packets and then waits for their echo for ever.
    await attempt(['-R', '-c'], 4000);
    await loseNothing(['-c']);
  });
});
