import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Lab } from './lab.ts';
import { PROFILE_NAMES, PROFILES, type ProfileName } from './profiles.ts';
import { type Endpoint, probe, startEchoServers } from './reachability.ts';
import { type LabHost, LEGS } from './topology.ts';

const skip = Lab.unavailable() ?? false;

const DMZ: readonly Endpoint[] = [
  { protocol: 'udp', ip: LEGS.dmz.ip, port: 3478 },
  { protocol: 'tcp', ip: LEGS.dmz.ip, port: 443 },
  { protocol: 'udp', ip: LEGS.dmz.ip, port: 443 },
  { protocol: 'tcp', ip: LEGS.dmz.ip, port: 3478 },
];
const CLOUD: readonly Endpoint[] = [
  { protocol: 'tcp', ip: LEGS.cloud.ip, port: 8188 },
  { protocol: 'udp', ip: LEGS.cloud.ip, port: 3478 },
  { protocol: 'tcp', ip: LEGS.cloud.ip, port: 443 },
];
const CORP: readonly Endpoint[] = [
  { protocol: 'udp', ip: LEGS.corp.ip, port: 3478 },
  { protocol: 'tcp', ip: LEGS.corp.ip, port: 443 },
];

/** Which of DMZ corp may reach, written out once more by hand: the tests must not read it from the profile they test. */
const CORP_REACHES: { readonly [name in ProfileName]: readonly boolean[] } = {
  open: [true, true, true, true],
  'udp-3478-and-tcp-443': [true, true, false, false],
  'tcp-443-only': [false, true, false, false],
  'all-blocked': [false, false, false, false],
};

function all(value: boolean, endpoints: readonly Endpoint[]): boolean[] {
  return endpoints.map(() => value);
}

describe('firewall lab', { skip }, () => {
  for (const name of PROFILE_NAMES) {
    test(`${name}: corp reaches exactly what the profile opens, and the drop counters say so`, async () => {
      await using lab = await Lab.create({ profile: name });
      await startEchoServers(lab, 'dmz', DMZ);
      await startEchoServers(lab, 'cloud', CLOUD);
      assert.deepEqual(await probe(lab, 'corp', DMZ), CORP_REACHES[name]);
      assert.deepEqual(await probe(lab, 'corp', CLOUD), all(name === 'open', CLOUD));
      const counters = await lab.counters();
      assert.equal(counters.corp_dmz_dropped.packets > 0, CORP_REACHES[name].includes(false));
      assert.equal(counters.corp_cloud_dropped.packets > 0, name !== 'open');
      assert.equal(counters.corp_dmz_accepted.packets > 0, CORP_REACHES[name].includes(true));
    });
  }

  test('dmz and cloud reach each other in the narrowest profile, and nobody reaches into corp', async () => {
    await using lab = await Lab.create({ profile: 'all-blocked' });
    await Promise.all([startEchoServers(lab, 'dmz', DMZ), startEchoServers(lab, 'cloud', CLOUD)]);
    await startEchoServers(lab, 'corp', CORP);
    assert.deepEqual(await probe(lab, 'dmz', CLOUD), all(true, CLOUD));
    assert.deepEqual(await probe(lab, 'cloud', DMZ), all(true, DMZ));
    assert.deepEqual(await probe(lab, 'cloud', CORP), all(false, CORP));
    const counters = await lab.counters();
    assert.ok(counters.to_corp_dropped.packets > 0);
    assert.ok(counters.dmz_cloud_accepted.packets > 0);
  });

  test('a host name and an address outside the lab lead nowhere', async () => {
    await using lab = await Lab.create({ profile: 'open' });
    const outside: Endpoint = { protocol: 'tcp', ip: '192.0.2.1', port: 443 };
    for (const host of ['corp', 'dmz', 'cloud', 'fw'] as const) {
      assert.deepEqual(await probe(lab, host, [outside]), [false], host);
    }
    const links = JSON.parse((await lab.run('fw', 'ip', ['-json', 'link'])).stdout) as { ifname: string }[];
    assert.deepEqual(links.map(({ ifname }) => ifname).sort(), ['cloud', 'corp', 'dmz', 'lo']);
    assert.equal((await lab.run('fw', 'ip', ['route', 'show', 'default'])).stdout, '');
  });

  test('IPv6 is dropped and counted even where the router would forward it', async () => {
    await using lab = await Lab.create({ profile: 'open' });
    await command(lab, 'fw', 'echo 1 > /proc/sys/net/ipv6/conf/all/forwarding');
    await command(
      lab,
      'fw',
      'ip -6 addr add 2001:db8:1::1/64 dev corp nodad; ip -6 addr add 2001:db8:2::1/64 dev cloud nodad',
    );
    const mac = (await command(lab, 'fw', 'cat /sys/class/net/corp/address')).trim();
    await command(lab, 'corp', 'ip -6 addr add 2001:db8:1::10/64 dev eth0 nodad');
    await command(lab, 'corp', `ip -6 neigh add 2001:db8:1::1 lladdr ${mac} dev eth0`);
    await command(lab, 'corp', 'ip -6 route add 2001:db8:2::/64 via 2001:db8:1::1');
    const before = (await lab.counters()).ipv6_dropped.packets;
    const send = `require('node:dgram').createSocket('udp6').send('x', 9, '2001:db8:2::10', (e) => process.exit(e ? 1 : 0))`;
    assert.equal((await lab.run('corp', process.execPath, ['-e', send])).code, 0);
    assert.ok((await lab.counters()).ipv6_dropped.packets > before);
  });

  test('an ICMP error about an allowed flow comes back to corp, and about nothing else', async () => {
    await using lab = await Lab.create({ profile: 'udp-3478-and-tcp-443' });
    // Nobody listens: dmz answers the allowed port with "port unreachable", and the filter eats the other one in silence.
    assert.equal(await firstWord(lab, 3478), 'ECONNREFUSED');
    assert.equal(await firstWord(lab, 3479), 'silence');
  });

  test('a connection that an open profile let through ends with the switch to a closed one', async () => {
    await using lab = await Lab.create({ profile: 'open' });
    const input = { ip: LEGS.cloud.ip, port: 8188 };
    await startEchoServers(lab, 'cloud', [{ protocol: 'tcp', ...input }]);
    const script = `
      const c = require('node:net').connect(${input.port}, '${input.ip}', () => c.write('a'));
      c.on('data', (d) => console.log('echo ' + d));
      process.on('SIGUSR2', () => c.write('b'));`;
    const client = lab.spawn('corp', process.execPath, ['-e', script]);
    await client.line(/echo a/, 5000);
    await lab.useProfile('all-blocked');
    assert.equal((await lab.counters()).corp_cloud_dropped.packets, 0);
    client.kill('SIGUSR2');
    await assert.rejects(client.line(/echo b/, 1000), /no line matched/);
    assert.ok((await lab.counters()).corp_cloud_dropped.packets > 0);
    await lab.useProfile('open');
    // TCP sends the lost byte again: the same connection lives on as soon as the rules allow it.
    await client.line(/echo b/, 15_000);
  });

  test('two labs run at once with the same addresses and do not see each other', async () => {
    await using one = await Lab.create({ profile: 'open' });
    await using two = await Lab.create({ profile: 'open' });
    await startEchoServers(one, 'dmz', DMZ);
    assert.deepEqual(await probe(one, 'corp', DMZ), all(true, DMZ));
    assert.deepEqual(await probe(two, 'corp', DMZ), all(false, DMZ));
  });

  test('files of the lab are seen inside and gone with it', async () => {
    const lab = await Lab.create({ profile: 'open' });
    const inside = lab.writeFile('folder/note.txt', 'text');
    assert.equal((await lab.run('corp', 'cat', [inside])).stdout, 'text');
    await lab.close();
    assert.equal(existsSync(inside), false);
  });

  test('stop reaches the process itself and returns its exit code', async () => {
    await using lab = await Lab.create({ profile: 'open' });
    const script = `process.on('SIGTERM', () => process.exit(7)); setInterval(() => {}, 1000); console.log('ready')`;
    const started = lab.spawn('dmz', process.execPath, ['-e', script]);
    await started.line(/ready/, 5000);
    assert.deepEqual(await started.stop(), { code: 7, signal: null });
  });
});

async function command(lab: Lab, host: LabHost, line: string): Promise<string> {
  const { code, stdout, stderr } = await lab.run(host, 'sh', ['-c', line]);
  assert.equal(code, 0, stderr);
  return stdout;
}

/** What a connected UDP socket in corp hears first from a port of the dmz address. */
async function firstWord(lab: Lab, port: number): Promise<string> {
  const script = `
    const socket = require('node:dgram').createSocket('udp4');
    const end = (word) => { console.log(word); process.exit(0); };
    socket.on('error', (error) => end(error.code));
    socket.connect(${port}, '${LEGS.dmz.ip}', () => socket.send('x'));
    setTimeout(end, 700, 'silence');`;
  return (await lab.run('corp', process.execPath, ['-e', script])).stdout.trim();
}

test('every profile says what it models', () => {
  for (const name of PROFILE_NAMES) assert.match(PROFILES[name].models, /\.$/);
});
