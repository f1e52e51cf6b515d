import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  issueTestCertificates,
  LAB_SHARED_SECRET,
  Lab,
  PinholeProcess,
  parseTurnClientOutput,
  startTurnPeer,
} from '@pinhole/testkit/lab';

const MESSAGES = 100;
const skip = Lab.unavailable(['turn-tools']) ?? false;

/** coturn's tool makes its credential itself: time and name, and their HMAC with the secret (`-W`). */
function uclient(lab: Lab, secret: string): ReturnType<Lab['run']> {
  const { dmz, cloud } = lab.addresses;
  const traffic = [
    '-c',
    '-p',
    '3478',
    '-e',
    cloud,
    '-r',
    '3480',
    '-n',
    String(MESSAGES),
    '-m',
    '1',
    '-l',
    '160',
    '-z',
    '5',
  ];
  return lab.run('corp', 'turnutils_uclient', ['-u', 'alice', '-W', secret, ...traffic, dmz], { timeoutMs: 30_000 });
}

test("coturn's client tool with a use-auth-secret of its own loses nothing, and with another is refused", {
  skip,
}, async () => {
  await using lab = await Lab.create({ profile: 'udp-3478-and-tcp-443' });
  const certificates = await issueTestCertificates([lab.addresses.dmz]);
  const upstream = { signalingUrl: `ws://${lab.addresses.cloud}:8188/` };
  await Promise.all([PinholeProcess.start(lab, { certificates, upstream }), startTurnPeer(lab)]);

  const right = await uclient(lab, LAB_SHARED_SECRET);
  const result = parseTurnClientOutput(right.stdout + right.stderr);
  assert.deepEqual([result?.sent, result?.received, result?.lost], [MESSAGES, MESSAGES, 0], right.stdout);

  const wrong = await uclient(lab, `${LAB_SHARED_SECRET}!`);
  assert.notEqual(wrong.code, 0);
  assert.match(wrong.stdout + wrong.stderr, /Cannot complete Allocation/);
});
