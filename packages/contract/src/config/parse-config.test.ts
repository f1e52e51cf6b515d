import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { appKeys } from './apps.ts';
import type { Config } from './config.ts';
import { type ConfigInput, parseConfig } from './parse-config.ts';
import { formatConfigProblem } from './problems.ts';

const SECRET = '0123456789abcdef0123456789abcdef';

function problemsOf(input: Partial<ConfigInput>): readonly string[] {
  const parsed = parseConfig({ text: '', file: 'pinhole.yaml', ...input });
  return parsed.ok ? [] : parsed.problems.map(formatConfigProblem);
}

function configOf(input: Partial<ConfigInput>): Config {
  const parsed = parseConfig({ text: '', file: 'pinhole.yaml', ...input });
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.problems.map(formatConfigProblem).join('\n'));
  return parsed.config;
}

function warningsOf(input: Partial<ConfigInput>): readonly string[] {
  return parseConfig({ text: '', file: 'pinhole.yaml', ...input }).warnings.map(formatConfigProblem);
}

describe('a configuration that is right', () => {
  it('fills in every default of an empty file', () => {
    assert.deepEqual(configOf({ text: '# nothing yet\n' }), {
      externalIp: 'auto',
      dataDir: './data',
      realm: 'pinhole',
      listen: [
        { ip: '0.0.0.0', port: 3478, transport: 'udp' },
        { ip: '0.0.0.0', port: 8443, transport: 'mux' },
      ],
      relay: { ip: '0.0.0.0', minPort: 49152, maxPort: 65535, ports: 'dedicated', channels: 'wide' },
      limits: {
        allocationsPerUser: 100,
        connections: 10_000,
        connectionsPerIp: 1000,
        streamEgressMillis: 500,
        permissionsPerAllocation: 256,
        channelsPerAllocation: 256,
      },
      datapath: 'auto',
      peers: { deny: [], public: false },
      log: { level: 'info', addresses: 'truncated' },
      metrics: { ip: '127.0.0.1', port: 9641 },
      demo: false,
      apps: [],
      upstreams: [],
    });
  });

  it('reads the example of the design', () => {
    const config = configOf({
      text: `host: rtc.example.com
externalIp: 203.0.113.10
listen:
  - { ip: 0.0.0.0, port: 3478, transport: udp }
  - { ip: 0.0.0.0, port: 443, transport: udp }
  - { ip: 0.0.0.0, port: 443, transport: mux }
tls: { cert: fullchain.pem, key: privkey.pem }
apps:
  - { id: demo, secret: "${SECRET}", upstreams: [janus] }
upstreams:
  - { name: janus, signaling: "http://10.0.0.5:8188/janus", media: ["10.0.0.5/32", "2001:db8::/32"] }
`,
    });
    assert.equal(config.host, 'rtc.example.com');
    assert.deepEqual(config.upstreams, [
      {
        name: 'janus',
        signaling: 'http://10.0.0.5:8188/janus',
        media: ['10.0.0.5/32', '2001:db8::/32'],
        origins: ['http://10.0.0.5:8188'],
      },
    ]);
  });

  it('keeps the public origins that are given', () => {
    const text = 'upstreams: [{ name: a, signaling: "http://10.0.0.5", origins: ["wss://sfu.example.com"] }]';
    assert.deepEqual(configOf({ text }).upstreams[0]?.origins, ['wss://sfu.example.com']);
  });

  it('lets UDP and TCP share a port, and every listener ask for port 0', () => {
    const text = `listen:
  - { port: 443, transport: udp }
  - { port: 443, transport: mux }
  - { port: 0, transport: tcp }
  - { port: 0, transport: tcp }
`;
    assert.equal(configOf({ text }).listen.length, 4);
  });
});

describe('environment and --set', () => {
  it('lets --set win over the environment, and the environment over the file', () => {
    const text = 'realm: file\ndataDir: file\nhost: file\n';
    const env = { PINHOLE_REALM: 'env', PINHOLE_DATADIR: 'env' };
    const { realm, dataDir, host } = configOf({ text, env, set: ['realm=set'] });
    assert.deepEqual({ realm, dataDir, host }, { realm: 'set', dataDir: 'env', host: 'file' });
  });

  it('reads camelCase keys from the environment with and without a separator', () => {
    const env = { PINHOLE_RELAY_MINPORT: '50000', PINHOLE_RELAY_MAX_PORT: '50100' };
    const { minPort, maxPort } = configOf({ env }).relay;
    assert.deepEqual([minPort, maxPort], [50000, 50100]);
  });

  it('reads lists as YAML, as JSON, item by item, and texts with commas between them', () => {
    const config = configOf({
      text: `apps: [{ id: a, secret: "to be replaced" }]`,
      env: {
        PINHOLE_APPS_0_SECRET: SECRET,
        PINHOLE_LISTEN: '[{"port": 1, "transport": "udp"}]',
        PINHOLE_PEERS_DENY: '10.0.0.0/8, 192.0.2.1',
      },
      set: ['listen.1.port=2', 'listen.1.transport=tcp'],
    });
    assert.deepEqual(
      config.listen.map(({ port }) => port),
      [1, 2],
    );
    assert.deepEqual(config.peers.deny, ['10.0.0.0/8', '192.0.2.1']);
    assert.equal(config.apps[0]?.secret, SECRET);
  });

  it('changes the default listeners item by item where the file has none', () => {
    assert.deepEqual(configOf({ env: { PINHOLE_LISTEN_1_PORT: '443' }, set: ['listen.0.port=3479'] }).listen, [
      { ip: '0.0.0.0', port: 3479, transport: 'udp' },
      { ip: '0.0.0.0', port: 443, transport: 'mux' },
    ]);
  });

  it('takes a secret of digits from the environment as text', () => {
    const digits = '01234567890123456789012345678901';
    const env = { PINHOLE_APPS_0_ID: 'a', PINHOLE_APPS_0_SECRET: digits };
    assert.equal(configOf({ env }).apps[0]?.secret, digits);
  });

  it('names the variable or option that holds a wrong value', () => {
    const env = { PINHOLE_METRICS_PORT: 'x' };
    assert.deepEqual(problemsOf({ env, set: ['metrics.ip=999', 'relay.minPrt=1', 'realm'] }), [
      '--set relay.minPrt: is not a known key; did you mean "minPort"?',
      '--set must be written as key=value, such as relay.minPort=50000',
      '--set metrics.ip: must be an IP address',
      'PINHOLE_METRICS_PORT metrics.port: must be a number, not text',
    ]);
  });

  it('warns of a variable that names no key, and not of those that Kubernetes makes', () => {
    const env = {
      PINHOLE_RELAY_MINPROT: '1',
      PINHOLE_CONFIG: 'x.yaml',
      PINHOLE_SERVICE_HOST: '10.0.0.1',
      PINHOLE_PORT_3478_UDP_ADDR: '10.0.0.1',
      PINHOLE_METRICS_PORT: 'tcp://10.0.0.1:9641',
    };
    assert.deepEqual(warningsOf({ env }), [
      'PINHOLE_RELAY_MINPROT names no configuration key and is ignored; did you mean "PINHOLE_RELAY_MINPORT"?',
    ]);
    assert.equal(configOf({ env }).metrics.port, 9641);
  });

  it('does not let --set reach outside the known keys', () => {
    assert.deepEqual(problemsOf({ set: ['__proto__.polluted=1', 'listen.x.port=1'] }), [
      '--set __proto__: is not a known key',
      '--set listen.x: is not a known key',
    ]);
  });
});

describe('a configuration that is wrong', () => {
  it('reports all problems at once, each with its place', () => {
    const text = `host: https://rtc.example.com
externalip: 203.0.113.10
relay: { minPort: 60000, maxPort: 50000 }
listen:
  - { port: 3478, transport: udp }
  - { ip: 203.0.113.10, port: 3478, transport: udp }
  - port: 99999
    transport: mox
peers: { deny: [10.0.0.5/24, 300.1.1.1], public: "yes" }
tls: { cert: a.pem }
apps:
  - id: demo
    secret: short
    upstreams: [janus]
  - id: web
    secret: 12345678901234567890123456789012
  - { id: c, secret: "${SECRET}", upstreams: [jnus] }
  - { id: c, secret: "${SECRET}" }
upstreams:
  - { name: janus, signaling: "ws://10.0.0.5:8188" }
  - { name: a b, signaling: "http://u:p@10.0.0.5", origins: ["https://sfu.example.com/x"] }
`;
    assert.deepEqual(problemsOf({ text }), [
      'pinhole.yaml:1:7 host: must be a host name without scheme, port or path',
      'pinhole.yaml:2:1 externalip: is not a known key; did you mean "externalIp"?',
      'pinhole.yaml:3:19 relay.minPort: must not be above maxPort (50000)',
      'pinhole.yaml:6:5 listen.1: uses the same address as listen.0',
      'pinhole.yaml:7:11 listen.2.port: must be at most 65535',
      'pinhole.yaml:8:16 listen.2.transport: must be one of udp, tcp, mux; did you mean "mux"?',
      'pinhole.yaml:9:17 peers.deny.0: has address bits past its prefix; write "10.0.0.0/24" for the range or "10.0.0.5/32" for the host',
      'pinhole.yaml:9:30 peers.deny.1: must be an IP address or a CIDR range such as 10.0.0.0/24; with ports 10.0.0.0/24:5000-6000 or [2001:db8::1]:443',
      'pinhole.yaml:9:50 peers.public: must be true or false, not text',
      'pinhole.yaml:10:6 tls.key: is missing',
      'pinhole.yaml:13:13 apps.0.secret: must have at least 32 characters; "openssl rand -hex 32" makes one',
      'pinhole.yaml:16:13 apps.1.secret: must be text, not a number; put it in quotes',
      'pinhole.yaml:17:70 apps.2.upstreams.0: names no entry of upstreams; did you mean "janus"?',
      'pinhole.yaml:18:11 apps.3.id: is already apps.2',
      'pinhole.yaml:20:31 upstreams.0.signaling: must be a URL that starts with http:// or https://; a WebSocket is an upgrade of it, so write "http://10.0.0.5:8188"',
      'pinhole.yaml:21:13 upstreams.1.name: must be 1-64 letters, digits, "-" or "_"',
      'pinhole.yaml:21:29 upstreams.1.signaling: must not hold a user name or password',
      'pinhole.yaml:21:62 upstreams.1.origins.0: must be an origin without a path; write "https://sfu.example.com"',
    ]);
  });

  it('wants relay.ipv6 to be a second family that peers can be told of', () => {
    const cases: [string, string][] = [
      ['relay: { ipv6: "::" }', '1:16 relay.ipv6: is every local address; set externalIpv6 to the one that peers see'],
      ['relay: { ipv6: 10.0.0.1 }', '1:16 relay.ipv6: must be an IPv6 address'],
      ['relay: { ip: "::1", ipv6: "::1" }', '1:27 relay.ipv6: is for the second family; relay.ip is IPv6 already'],
      [
        'externalIpv6: "2001:db8::1"',
        '1:15 externalIpv6: has no effect without relay.ipv6, the local address behind it',
      ],
      ['externalIpv6: "::"\nrelay: { ipv6: "::" }', '1:15 externalIpv6: must be the IPv6 address that peers see'],
    ];
    for (const [text, problem] of cases) assert.deepEqual(problemsOf({ text }), [`pinhole.yaml:${problem}`]);
    const { relay, externalIpv6 } = configOf({ text: 'externalIpv6: "2001:db8::1"\nrelay: { ipv6: "::" }' });
    assert.deepEqual([relay.ipv6, externalIpv6], ['::', '2001:db8::1']);
  });

  it('takes an app with keys beside its secret or instead of it, and none without any', () => {
    const key = (kid: string): string => `{ kid: "${kid}", secret: "${SECRET}" }`;
    const apps = configOf({
      text: `apps:
  - { id: a, secret: "${SECRET}", keys: [${key('2')}], expiry: hard, sharedSecrets: ["${SECRET}"] }
  - { id: b, keys: [${key('x')}, ${key('y')}] }
`,
    }).apps;
    assert.deepEqual(
      apps.map((app) => appKeys(app).map(({ kid }) => kid)),
      [
        ['2', '1'],
        ['x', 'y'],
      ],
    );
    assert.deepEqual(problemsOf({ text: 'apps: [{ id: a }]' }), ['pinhole.yaml:1:8 apps.0.secret: is missing']);
  });

  it('takes the example of the documentation', () => {
    const text = readFileSync(new URL('../../../../docs/credentials.md', import.meta.url), 'utf8');
    const [app] = configOf({ text: /```yaml\n(.*?)```/s.exec(text)?.[1] ?? '' }).apps;
    assert.deepEqual(
      appKeys(app!).map(({ kid }) => kid),
      ['2026-11', '1'],
    );
  });

  it('binds a shared secret to the port of a listener, which must be there', () => {
    const text = (port: number): string => `listen: [{ port: 3478, transport: udp }]
apps: [{ id: a, secret: "${SECRET}", sharedSecrets: ["${SECRET}", { secret: "${SECRET}2", port: ${port} }] }]
`;
    const expected = [{ secret: SECRET }, { secret: `${SECRET}2`, port: 3478 }];
    assert.deepEqual(configOf({ text: text(3478) }).apps[0]?.sharedSecrets, expected);
    assert.match(problemsOf({ text: text(443) }).join(), /sharedSecrets\.1\.port: is the port of no entry of listen$/);
    const short = `apps: [{ id: a, secret: "${SECRET}", sharedSecrets: [short] }]`;
    assert.match(problemsOf({ text: short }).join(), /sharedSecrets\.0: must be a secret of at least 32 characters/);
  });

  it('refuses a key id twice in an app, a shared secret twice, three in an app and 33 in all', () => {
    const text = `apps:
  - { id: a, secret: "${SECRET}", keys: [{ kid: "1", secret: "${SECRET}" }] }
  - { id: b, secret: "${SECRET}", sharedSecrets: ["${SECRET}", "${SECRET}"] }
  - { id: c, secret: "${SECRET}", sharedSecrets: ["${SECRET}1", "${SECRET}2", "${SECRET}3"] }
`;
    assert.deepEqual(problemsOf({ text }), [
      'pinhole.yaml:2:72 apps.0.keys.0.kid: is already the id of secret',
      'pinhole.yaml:3:110 apps.1.sharedSecrets.1: is already apps.1.sharedSecrets.0',
      'pinhole.yaml:4:73 apps.2.sharedSecrets: must not have more than 2 entries',
    ]);
    const many = Array.from(
      { length: 17 },
      (_, i) => `  - { id: a${i}, secret: "${SECRET}", sharedSecrets: ["${SECRET}${i}", "${SECRET}${i}b"] }\n`,
    );
    assert.match(problemsOf({ text: `apps:\n${many.join('')}` }).join(), /apps\.16\.sharedSecrets\.0: is one too many/);
  });

  it('says of what later versions take that this one does not', () => {
    const text = `datapath: native
relay: { ports: shared }
`;
    assert.deepEqual(problemsOf({ text }), [
      'pinhole.yaml:1:11 datapath: "native" is not supported in this version: use "auto"',
      'pinhole.yaml:2:17 relay.ports: "shared" is not supported in this version: use "dedicated"',
    ]);
  });

  it('places YAML mistakes without quoting the file, which holds secrets', () => {
    const problems = problemsOf({ text: `apps:\n  - secret: "${SECRET}\n` });
    assert.match(problems[0] ?? '', /^pinhole\.yaml:\d+:\d+ is not valid YAML here: /);
    assert.ok(!problems.join().includes(SECRET));
  });

  it('refuses a key that is written twice', () => {
    assert.match(problemsOf({ text: 'realm: a\nrealm: b\n' })[0] ?? '', /^pinhole\.yaml:2:1 .*unique/);
  });

  it('refuses a file that is a list or a text', () => {
    const message = 'pinhole.yaml:1:1 must be a group of keys, such as "realm: pinhole"';
    assert.deepEqual(problemsOf({ text: '- a\n' }), [message]);
    assert.deepEqual(problemsOf({ text: 'pinhole' }), [message]);
  });

  it('refuses aliases that grow without bound', () => {
    const levels = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}]`);
    const problems = problemsOf({ text: ['a0: &a0 [x]', ...levels].join('\n') });
    assert.deepEqual(problems, ['pinhole.yaml:1:1 repeats itself through aliases without end']);
  });

  it('takes mux and tcp on one port as one address, and 0.0.0.0 as every IPv4 address', () => {
    const text = `listen:
  - { ip: 10.0.0.1, port: 443, transport: mux }
  - { ip: 0.0.0.0, port: 443, transport: tcp }
`;
    assert.deepEqual(problemsOf({ text }), ['pinhole.yaml:3:5 listen.1: uses the same address as listen.0']);
  });
  it('takes proxies that name their client for streams, and not for datagrams', () => {
    const text = `listen:
  - { port: 443, transport: mux, proxyProtocolFrom: [10.0.0.0/24, "2001:db8::5"] }
  - { port: 3478, transport: udp, proxyProtocolFrom: [10.0.0.0/24] }
  - { port: 3478, transport: tcp, proxyProtocolFrom: [10.0.0.1/24] }
`;
    assert.deepEqual(problemsOf({ text }), [
      'pinhole.yaml:3:54 listen.1.proxyProtocolFrom: is for tcp and mux; over udp nobody can be believed',
      'pinhole.yaml:4:55 listen.2.proxyProtocolFrom.0: has address bits past its prefix; write "10.0.0.0/24" for the range or "10.0.0.1/32" for the host',
    ]);
  });

  it('places a peer rule that does not parse, and takes no name where peers are denied', () => {
    const text = `peers: { deny: ["10.0.0.0/8:1-1023", sfu.example.com] }
upstreams: [{ name: a, signaling: "http://10.0.0.5", media: ["sfu.example.com:5000", "10.0.0.300"] }]
`;
    const [denied, mistyped] = problemsOf({ text });
    assert.match(
      denied ?? '',
      /^pinhole\.yaml:1:38 peers\.deny\.1: must be an IP address or a CIDR range: a name leads/,
    );
    assert.match(mistyped ?? '', /^pinhole\.yaml:2:86 upstreams\.0\.media\.1: must be an IP address or a CIDR range/);
  });

  it('refuses a demo page without the app that it is for', () => {
    assert.deepEqual(problemsOf({ text: 'demo: true\n' }), [
      'pinhole.yaml:1:7 demo: needs an app with the id "demo" under apps',
    ]);
  });
});

describe('warnings', () => {
  it('warns of loopback media addresses in every form', () => {
    const media = [
      '127.0.0.1',
      '127.1.2.3/32',
      '0.0.0.0/0:5000',
      '::1',
      '[::/0]:9',
      '::ffff:127.0.0.1',
      'LocalHost:5000',
    ];
    for (const range of media) {
      const text = `upstreams: [{ name: a, signaling: "http://10.0.0.5", media: ["${range}"] }]`;
      assert.match(warningsOf({ text })[0] ?? '', /upstreams\.0\.media\.0: lets clients reach this machine/, range);
    }
    for (const range of ['10.0.0.0/8', '126.0.0.0/8', '::2', '::ffff:10.0.0.1']) {
      const text = `upstreams: [{ name: a, signaling: "http://10.0.0.5", media: ["${range}"] }]`;
      assert.deepEqual(warningsOf({ text }), [], range);
    }
  });

  it('warns of public peers', () => {
    assert.match(warningsOf({ set: ['peers.public=true'] })[0] ?? '', /^--set peers\.public: lets every app reach/);
  });
});
