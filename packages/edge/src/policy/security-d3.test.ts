import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createPeerPolicy } from './peer-policy.ts';

/**
 * The peer address engine by the table that every TURN server is measured with: each row's addresses, in each form,
 * asked of the one function behind CreatePermission, ChannelBind, Send and what comes in. What a row refuses is
 * refused three times: by default, where the operator opened public addresses, and where an upstream is next door.
 */
const ROWS: readonly (readonly [row: number, what: string, ips: readonly string[]])[] = [
  [26, '"this network" and the unspecified addresses', ['0.0.0.0', '0.0.0.1', '0.255.255.255', '::']],
  [27, 'loopback', ['127.0.0.1', '127.0.0.53', '127.255.255.255', '::1']],
  [28, 'private use', ['10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1', '192.168.255.255']],
  [28, 'carrier-grade NAT', ['100.64.0.1', '100.100.100.200', '100.127.255.255']],
  [29, 'link local, metadata services', ['169.254.0.1', '169.254.169.254', '169.254.170.2', 'fe80::1', 'febf::1']],
  [30, 'site local and unique local', ['fec0::1', 'feff::1', 'fc00::1', 'fd00::1', 'fd00:ec2::254', 'fdff::1']],
  [
    31,
    'IPv4-mapped',
    ['::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:0:0', '::ffff:169.254.169.254', '::ffff:8.8.8.8'],
  ],
  [32, 'IPv4-compatible and -translated', ['::127.0.0.1', '::10.0.0.1', '::7f00:1', '::ffff:0:127.0.0.1']],
  [33, 'NAT64', ['64:ff9b::127.0.0.1', '64:ff9b::a9fe:a9fe', '64:ff9b:1::10.0.0.1', '64:ff9b:1:a9fe:a9:fe00::']],
  [34, '6to4 around a closed address', ['2002:7f00:1::', '2002:a00:1::1', '2002:a9fe:a9fe::1', '2002:c0a8:101::1']],
  [34, 'Teredo', ['2001:0:7f00:1::', '2001::80ff:fffe', '2001:0:808:808:0:0:f5ff:fffe']],
  [35, 'ISATAP', ['2606:4700::5efe:10.0.0.1', '2606:4700::200:5efe:127.0.0.1', 'fe80::5efe:192.168.0.1']],
  [36, 'multicast', ['224.0.0.1', '224.0.0.251', '239.255.255.250', 'ff02::1', 'ff05::2', 'ff0e::1']],
  [37, 'broadcast, also of networks of ours', ['255.255.255.255', '203.0.112.255', '::ffff:203.0.112.255']],
  [38, 'IETF, documentation, benchmarks', ['192.0.0.1', '192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.1']],
  [38, 'reserved', ['240.0.0.1', '255.255.255.254', '192.88.99.1']],
  [39, 'IPv6 documentation and discard', ['2001:db8::1', '100::1', '3fff::1', '2001:2::1', '5f00::1']],
];

const NEXT_DOOR = '10.99.0.5';

interface Openings {
  readonly isPublic?: boolean;
  readonly media?: readonly string[];
  readonly deny?: readonly string[];
}

function verdict(ip: string, port: number | undefined, { isPublic = false, media = [], deny = [] }: Openings): string {
  const judge = createPeerPolicy({
    config: {
      apps: [{ id: 'demo', secret: 's'.repeat(32), upstreams: ['sfu'] }],
      upstreams: [{ name: 'sfu', signaling: 'http://10.99.0.5', origins: [], media }],
      peers: { public: isPublic, deny },
    },
    own: {
      endpoints: [
        { ip: '0.0.0.0', port: 443 },
        { ip: '10.99.0.1', port: 5432 },
        { ip: '::', port: 3478 },
      ],
      ips: ['198.41.0.10', '10.99.0.1', '2606:4700::10'],
      broadcasts: ['203.0.112.255'],
    },
    addressesOf: () => [],
  });
  const answer = judge({ appId: 'demo', peer: { ip, port }, relayedFor: undefined });
  return answer.allowed ? 'allowed' : answer.rule;
}

for (const [row, what, ips] of ROWS) {
  describe(`row ${row}: ${what}`, () => {
    for (const ip of ips) {
      test(`${ip} is no peer`, () => {
        const openings: readonly Openings[] = [{}, { isPublic: true }, { isPublic: true, media: [NEXT_DOOR] }];
        for (const port of [undefined, 80, 5000, 65535])
          for (const opening of openings) assert.notEqual(verdict(ip, port, opening), 'allowed');
      });
    }
  });
}

describe('row 40: what is ours, port 0, and the ports that an operator closes', () => {
  test('our own listeners, metrics and database, by every address of this machine', () => {
    const open = { isPublic: true, media: ['0.0.0.0/0', '::/0'] };
    for (const [ip, port] of [
      ['198.41.0.10', 443],
      ['10.99.0.1', 443],
      ['127.0.0.1', 443],
      ['127.8.8.8', 443],
      ['::ffff:198.41.0.10', 443],
      ['2002:c629:a::', 443],
      ['64:ff9b::198.41.0.10', 443],
      ['10.99.0.1', 5432],
      ['2606:4700::10', 3478],
      ['::1', 3478],
    ] as const)
      assert.equal(verdict(ip, port, open), 'never: an endpoint of Pinhole itself', `${ip} ${port}`);
    assert.equal(verdict('198.41.0.10', 444, open), 'allowed');
  });

  test('port 0', () => {
    for (const ip of ['8.8.8.8', NEXT_DOOR, '2606:4700::1111'])
      assert.equal(verdict(ip, 0, { isPublic: true, media: [NEXT_DOOR] }), 'never: port 0');
  });

  test('ports below 1024, and the famous ones, where peers.deny says so', () => {
    const deny = ['0.0.0.0/0:1-1023', '[::/0]:1-1023', '0.0.0.0/0:6379'];
    for (const port of [1, 25, 53, 1023, 6379]) {
      assert.match(verdict('8.8.8.8', port, { isPublic: true, deny }), /^peers\.deny: 0\.0\.0\.0\/0:/);
      assert.match(verdict('::ffff:8.8.8.8', port, { isPublic: true, deny }), /^peers\.deny: 0\.0\.0\.0\/0:/);
    }
    assert.equal(verdict('2606:4700::1111', 53, { isPublic: true, deny }), 'peers.deny: [::/0]:1-1023');
    for (const port of [1024, 6378, undefined])
      assert.equal(verdict('8.8.8.8', port, { isPublic: true, deny }), 'allowed');
  });
});

describe('row 41: the order of allow and deny', () => {
  test('a declared upstream opens its own special-purpose address, on its own ports, and nothing beside it', () => {
    const media = ['10.99.0.0/28:5000-6000', '[fd00::5]:7000', '192.168.7.7'];
    for (const [ip, port] of [
      ['10.99.0.5', 5000],
      ['10.99.0.15', 6000],
      ['10.99.0.5', undefined],
      ['fd00::5', 7000],
      ['192.168.7.7', 9],
    ] as const)
      assert.equal(verdict(ip, port, { media }), 'allowed', `${ip} ${port}`);
    for (const [ip, port] of [
      ['10.99.0.5', 4999],
      ['10.99.0.5', 6001],
      ['10.99.0.16', 5000],
      ['fd00::5', 7001],
      ['fd00::6', 7000],
      ['::ffff:10.99.0.5', 5000],
      ['::ffff:192.168.7.7', 9],
    ] as const)
      assert.match(verdict(ip, port, { media }), /^default/, `${ip} ${port}`);
  });

  test('the deny of the operator wins over the upstream and over public, on its ports or on all', () => {
    const media = ['10.99.0.0/24'];
    assert.equal(verdict('10.99.0.5', 5000, { media, deny: ['10.99.0.5'] }), 'peers.deny: 10.99.0.5');
    assert.equal(verdict('10.99.0.5', undefined, { media, deny: ['10.99.0.5'] }), 'peers.deny: 10.99.0.5');
    assert.equal(verdict('10.99.0.5', 22, { media, deny: ['10.99.0.5:22'] }), 'peers.deny: 10.99.0.5:22');
    assert.equal(verdict('10.99.0.5', 5000, { media, deny: ['10.99.0.5:22'] }), 'allowed');
    assert.equal(verdict('8.8.4.4', 5000, { isPublic: true, deny: ['8.8.0.0/16'] }), 'peers.deny: 8.8.0.0/16');
  });

  test('a deny meets the IPv4 address inside every IPv6 form of it', () => {
    const forms = [
      ...['::ffff:8.8.4.4', '::8.8.4.4', '::ffff:0:8.8.4.4', '64:ff9b::8.8.4.4', '64:ff9b:1::8.8.4.4'],
      ...['2002:808:404::', '2001:0:808:404::f5ff:fffe', '2001:0:808:808::f7f7:fbfb', '2606::5efe:8.8.4.4'],
    ];
    for (const ip of forms)
      assert.equal(verdict(ip, 5000, { media: ['::/0'], deny: ['8.8.4.0/24'] }), 'peers.deny: 8.8.4.0/24', ip);
  });
});

describe('row 42: IPv6 ranges compare in all 128 bits', () => {
  const media = ['2001:db8:0:8000::/49', '2606:4700::1/128', 'fd00::4/126'];
  test('both ends of a range are in it', () => {
    for (const ip of ['2001:db8:0:8000::', '2001:db8:0:ffff:ffff:ffff:ffff:ffff', '2606:4700::1', 'fd00::4', 'fd00::7'])
      assert.equal(verdict(ip, 5000, { media }), 'allowed', ip);
  });
  test('the addresses before and after it are not', () => {
    for (const ip of [
      '2001:db8:0:7fff:ffff:ffff:ffff:ffff',
      '2001:db8:1::',
      '2606:4700::',
      '2606:4700::2',
      'fd00::3',
      'fd00::8',
    ])
      assert.match(verdict(ip, 5000, { media }), /^default/, ip);
  });
});
