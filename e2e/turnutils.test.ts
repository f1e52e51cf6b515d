import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  issueTestCertificates,
  Lab,
  PinholeProcess,
  runTurnClient,
  startTurnPeer,
  type TurnTransport,
} from '@pinhole/testkit/lab';

const PORTS: { readonly [transport in TurnTransport]: number } = { udp: 3478, tcp: 443, tls: 443 };
const CLIENTS = 2;
const MESSAGES = 200;

const skip = Lab.unavailable(['turn-tools']) ?? false;

describe("coturn's client tools with credentials from the command line", { skip }, () => {
  for (const transport of ['udp', 'tcp', 'tls'] as const) {
    test(`lose nothing over ${transport}`, async () => {
      await using lab = await Lab.create({ profile: 'udp-3478-and-tcp-443' });
      const certificates = await issueTestCertificates([lab.addresses.dmz]);
      const upstream = { signalingUrl: `ws://${lab.addresses.cloud}:8188/` };
      const [pinhole] = await Promise.all([PinholeProcess.start(lab, { certificates, upstream }), startTurnPeer(lab)]);
      const { username, password } = await pinhole.credentials();
      const result = await runTurnClient(lab, {
        transport,
        server: { ip: lab.addresses.dmz, port: PORTS[transport] },
        username,
        password,
        caFile: lab.writeFile('turnutils/ca.pem', certificates.ca),
        messages: MESSAGES,
        clients: CLIENTS,
      });
      assert.equal(result.sent, CLIENTS * MESSAGES, result.output);
      assert.equal(result.received, CLIENTS * MESSAGES, result.output);
      assert.equal(result.lost, 0, result.output);
      assert.equal(result.sendDropped, 0, result.output);
    });
  }
});
