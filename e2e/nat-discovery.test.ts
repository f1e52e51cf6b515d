import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { CHECKOUT, LAB_FOLDER, Lab, waitUntilUp } from '@pinhole/testkit/lab';

const SECOND_ADDRESS = '203.0.113.11';
const PORTS = [3478, 3479];

test("coturn's natdiscovery finds out the lab's own NAT with the help of two addresses and two ports", {
  skip: Lab.unavailable(['turn-tools']) ?? false,
}, async () => {
  await using lab = await Lab.create({ profile: 'open' });
  await startOnTwoAddresses(lab);
  const { stdout, stderr } = await lab.run(
    'corp',
    'turnutils_natdiscovery',
    ['-m', '-f', '-p', String(PORTS[0]), lab.addresses.dmz],
    { timeoutMs: 30_000 },
  );
  const output = stdout + stderr;
  assert.match(output, /Other addr: : 203\.0\.113\.11:3479/);
  // What the lab's router does: one mapping for all, and nothing in that was not asked for.
  assert.match(output, /NAT with Endpoint Independent Mapping/);
  assert.match(output, /NAT with Address and Port Dependent Filtering/);
});

async function startOnTwoAddresses(lab: Lab): Promise<void> {
  const link = JSON.parse((await lab.run('dmz', 'ip', ['-json', 'address', 'show', 'to', lab.addresses.dmz])).stdout);
  const added = await lab.run('dmz', 'ip', ['address', 'add', `${SECOND_ADDRESS}/24`, 'dev', link[0].ifname]);
  assert.equal(added.code, 0, added.stderr);
  const listen = [lab.addresses.dmz, SECOND_ADDRESS].flatMap((ip) =>
    PORTS.map((port) => ({ ip, port, transport: 'udp' })),
  );
  const config = { externalIp: lab.addresses.dmz, dataDir: `${LAB_FOLDER}/data`, listen };
  const file = lab.writeFile('nat.yaml', JSON.stringify(config));
  const launcher = join(CHECKOUT, 'packages', 'pinhole', 'bin', 'pinhole.js');
  const product = lab.spawn('dmz', process.execPath, [launcher, 'up', '--config', file]);
  await waitUntilUp(lab, 'dmz', product, { url: 'http://127.0.0.1:9641/healthz' });
}
