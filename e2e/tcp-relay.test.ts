import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  issueTestCertificates,
  LAB_APP,
  LAB_SECRET,
  Lab,
  PinholeProcess,
  runTurnClient,
  type TurnTransport,
} from '@pinhole/testkit/lab';

const MESSAGES = 100;
const skip = Lab.unavailable(['turn-tools']) ?? false;

/** Pairs of clients with TCP allocations: one connects to the other's relayed address, which takes the connection. */
describe("coturn's client over TCP allocations (RFC 6062)", { skip }, () => {
  for (const transport of ['tcp', 'tls'] as const) {
    test(`loses nothing over ${transport} where the app has tcpRelay on`, async () => {
      const { sent, received, lost, output } = await runPairs(transport, true);
      assert.ok(sent >= MESSAGES, output);
      assert.deepEqual([received, lost], [sent, 0], output);
    });
  }

  test('gets no TCP allocation where the app has it off', async () => {
    await assert.rejects(runPairs('tcp', false), /442|Unsupported|Cannot complete Allocation/i);
  });
});

async function runPairs(transport: TurnTransport, isOn: boolean): ReturnType<typeof runTurnClient> {
  await using lab = await Lab.create({ profile: 'udp-3478-and-tcp-443' });
  const certificates = await issueTestCertificates([lab.addresses.dmz]);
  const pinhole = await PinholeProcess.start(lab, {
    certificates,
    upstream: { signalingUrl: `ws://${lab.addresses.cloud}:8188/` },
    config: { apps: [{ id: LAB_APP, secret: LAB_SECRET, upstreams: ['janus'], ...(isOn ? { tcpRelay: true } : {}) }] },
  });
  const { username, password } = await pinhole.credentials();
  return await runTurnClient(lab, {
    transport,
    server: { ip: lab.addresses.dmz, port: 443 },
    username,
    password,
    caFile: lab.writeFile('turnutils/ca.pem', certificates.ca),
    recipe: ['-T'],
    messages: MESSAGES,
    clients: 1,
  });
}
