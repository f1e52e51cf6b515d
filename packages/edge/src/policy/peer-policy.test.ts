import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createPeerPolicy, type PeerPolicyOptions } from './peer-policy.ts';

const secret = 's'.repeat(32);

function policy({ isPublic = false, deny = [] as string[] } = {}) {
  const config: PeerPolicyOptions['config'] = {
    apps: [
      { id: 'demo', secret, upstreams: ['janus'] },
      { id: 'bare', secret, upstreams: [] },
    ],
    upstreams: [
      {
        name: 'janus',
        signaling: 'http://10.0.0.5:8188',
        origins: [],
        media: ['10.0.0.0/24', '198.51.100.10', '203.0.113.10', '2001:db8:1::/64', '127.0.0.1'],
      },
    ],
    peers: { public: isPublic, deny },
  };
  return createPeerPolicy({
    config,
    own: {
      endpoints: [
        { ip: '0.0.0.0', port: 3478 },
        { ip: '127.0.0.1', port: 9641 },
      ],
      ips: ['203.0.113.10'],
      broadcasts: ['10.0.0.255'],
    },
    addressesOf: () => [],
  });
}

function rule(ip: string, port: number | undefined = 5000, options = {}, relayedFor?: string, appId = 'demo'): string {
  const verdict = policy(options)({ appId, peer: { ip, port }, relayedFor });
  return verdict.allowed ? 'allowed' : verdict.rule;
}

describe('the order of the rules', () => {
  test('1. addresses that nobody reaches, even where a rule below would allow them', () => {
    assert.equal(rule('0.0.0.0'), 'never: 0.0.0.0/8');
    assert.equal(rule('::'), 'never: ::/128');
    assert.equal(rule('224.0.0.1'), 'never: 224.0.0.0/4');
    assert.equal(rule('ff02::1'), 'never: ff00::/8');
    assert.equal(rule('255.255.255.255'), 'never: 255.255.255.255/32');
    assert.equal(rule('10.0.0.5', 0), 'never: port 0');
    assert.equal(rule('203.0.113.10', 3478), 'never: an endpoint of Pinhole itself');
    assert.equal(rule('127.0.0.1', 3478), 'never: an endpoint of Pinhole itself');
    assert.equal(rule('127.0.0.1', 9641), 'never: an endpoint of Pinhole itself');
    assert.equal(rule('::ffff:127.0.0.1', 9641), 'never: an endpoint of Pinhole itself');
  });

  test('2. the deny list of the operator wins over every allow', () => {
    assert.equal(rule('10.0.0.5', 5000, { deny: ['10.0.0.4/31'] }), 'peers.deny: 10.0.0.4/31');
    assert.equal(rule('203.0.113.10', 50_000, { deny: ['203.0.113.0/24'] }, 'demo'), 'peers.deny: 203.0.113.0/24');
    assert.equal(rule('8.8.8.8', 53, { isPublic: true, deny: ['8.8.8.8'] }), 'peers.deny: 8.8.8.8');
  });

  test('3. the media addresses of the upstreams of the app, private and loopback ones included', () => {
    for (const ip of ['10.0.0.0', '10.0.0.254', '198.51.100.10', '2001:db8:1::7', '127.0.0.1']) {
      assert.equal(rule(ip), 'allowed', ip);
      assert.match(rule(ip, 5000, {}, undefined, 'bare'), /^default/, ip);
      assert.match(rule(ip, 5000, {}, undefined, 'nobody'), /^default/, ip);
    }
    for (const ip of ['10.0.1.0', '198.51.100.11', '2001:db8:1:1::7', '127.0.0.2'])
      assert.match(rule(ip), /^default/, ip);
  });

  test('4. relayed addresses of the same app and of no other', () => {
    assert.equal(rule('203.0.113.99', 50_000, {}, 'demo'), 'allowed');
    assert.equal(rule('203.0.113.99', 50_000, {}, 'bare'), 'a relayed address of another app');
    assert.equal(rule('8.8.8.8', 50_000, { isPublic: true }, 'bare'), 'a relayed address of another app');
  });

  test('5. public addresses only where the operator opened them', () => {
    assert.match(rule('8.8.8.8'), /^default/);
    assert.equal(rule('8.8.8.8', 53, { isPublic: true }), 'allowed');
    assert.equal(rule('2606:4700::1111', 53, { isPublic: true }), 'allowed');
  });
});

describe('peers.public opens no special-purpose range, in whatever form it is written', () => {
  const closed = [
    ...['10.1.2.3', '100.64.0.1', '127.0.0.2', '169.254.169.254', '172.16.0.1', '172.31.255.255', '192.0.0.8'],
    ...['192.0.2.1', '192.88.99.1', '192.168.0.1', '198.18.0.1', '198.19.255.255', '198.51.100.11', '203.0.113.11'],
    ...['240.0.0.1', '::1', 'fe80::1', 'fec0::1', 'fc00::1', 'fd00:ec2::254', '2001:db8::1', '100::1', '64:ff9b:1::1'],
    // IPv4 inside IPv6: mapped, compatible, translated, NAT64, 6to4, Teredo (server, client), ISATAP.
    ...['::ffff:127.0.0.1', '::ffff:169.254.169.254', '::127.0.0.1', '::ffff:0:10.0.1.1', '64:ff9b::a00:101'],
    ...['2002:a00:101::1', '2001:0:a00:101::', '2001:0:808:808:0:0:f5ff:fefe', '2606:4700::200:5efe:10.0.1.1'],
  ];
  for (const ip of closed) {
    test(ip, () => assert.match(rule(ip, 80, { isPublic: true }), /special-purpose|^never/));
  }
});

test('an address inside an IPv6 form is what the deny list looks at, too', () => {
  for (const ip of ['::ffff:8.8.8.8', '64:ff9b::808:808', '2002:808:808::1', '2606:4700::5efe:8.8.8.8']) {
    assert.equal(rule(ip, 53, { isPublic: true, deny: ['8.8.8.0/24'] }), 'peers.deny: 8.8.8.0/24', ip);
  }
});

test('a permission for an address that also serves us is possible; its ports are judged when data flows', () => {
  const judge = policy();
  assert.deepEqual(judge({ appId: 'demo', peer: { ip: '203.0.113.10', port: undefined }, relayedFor: 'demo' }), {
    allowed: true,
  });
});

test('neighbours of a closed range are open', () => {
  const open = [
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '198.17.255.255',
  ];
  for (const ip of [...open, '198.20.0.0', '223.255.255.255', '2001:200::1', '2003::1']) {
    assert.equal(rule(ip, 80, { isPublic: true }), 'allowed', ip);
  }
});
