// Pinhole and Debian's coturn side by side on the dmz host, and the attack suite in the cloud, where the peers are. The
// network has no route out, and nothing but the two servers and the suite is in it.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { RowResult } from '@pinhole/attack';
import {
  CHECKOUT,
  issueTestCertificates,
  LAB_APP,
  LAB_SECRET,
  Lab,
  LEGS,
  PinholeProcess,
  SOURCE_FLAGS,
  type TestCertificates,
} from '@pinhole/testkit/lab';

const SUITE = join(CHECKOUT, 'packages', 'attack', 'src', 'main.ts');
const COTURN = { port: 3479, tlsPort: 5350, secret: 'a-secret-of-the-lab-for-coturn' };
/** Two addresses that both servers let clients reach, and one that their operator denied. */
const PEERS = ['198.51.100.11', '198.51.100.12'];
/** A port each: the two servers are attacked at the same time. */
const PEER_PORTS: { readonly [name in ServerName]: number } = { pinhole: 40_000, coturn: 40_001 };
const DENIED_PEER = '198.51.100.66';
/** Relayed addresses of the second family: without one, six rows could not be asked. No packet of it leaves the host. */
const RELAY_IPV6 = '2001:db8:77::10';
const SIGNALING = `http://${LEGS.cloud.ip}:8188`;
/** Media, and no port of a mail, name or cache server. */
const RELAY = { ip: '0.0.0.0', ipv6: RELAY_IPV6, minPort: 49152, maxPort: 65535 };
const MEDIA = [`${LEGS.cloud.cidr}:10000-65535`];
/** The whole suite takes about one minute. */
const SUITE_MS = 180_000;

export type ServerName = 'pinhole' | 'coturn';

export class AttackLab implements AsyncDisposable {
  readonly #lab: Lab;
  /** What Pinhole wrote to its log, all of it. */
  readonly log: string[];

  private constructor(lab: Lab, log: string[]) {
    this.#lab = lab;
    this.log = log;
  }

  static async create(): Promise<AttackLab> {
    const lab = await Lab.create({ profile: 'open' });
    try {
      const certificates = await issueTestCertificates([lab.addresses.dmz]);
      for (const ip of PEERS) {
        await lab.run('cloud', 'ip', ['addr', 'add', `${ip}/${LEGS.cloud.prefixLength}`, 'dev', 'eth0']);
      }
      await lab.run('dmz', 'ip', ['addr', 'add', `${RELAY_IPV6}/64`, 'dev', 'eth0', 'nodad']);
      const log: string[] = [];
      await Promise.all([startPinhole(lab, certificates, log), startCoturn(lab, certificates)]);
      return new AttackLab(lab, log);
    } catch (cause) {
      await lab.close();
      throw cause;
    }
  }

  /** Runs the suite as its users do, by its command line. */
  async attack(server: ServerName): Promise<RowResult[]> {
    const port = PEER_PORTS[server];
    const peers = PEERS.flatMap((ip) => ['--peer', `${ip}:${port}`]);
    const args = [
      ...[...SOURCE_FLAGS, SUITE, '--i-own-this-server', '--server', this.#lab.addresses.dmz, '--json'],
      ...[...portsAndSecret(server), ...peers, '--denied-peer', `${DENIED_PEER}:${port}`],
    ];
    const { stdout, stderr } = await this.#lab.run('cloud', process.execPath, args, { timeoutMs: SUITE_MS });
    if (stdout === '') throw new Error(`the suite gave no result against ${server}: ${stderr}`);
    return JSON.parse(stdout) as RowResult[];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lab.close();
  }
}

/** `4.6.1`, by the server's own word. */
export function coturnVersion(): string {
  return execFileSync('turnserver', ['--version'], { encoding: 'utf8' }).trim();
}

function portsAndSecret(server: ServerName): string[] {
  return server === 'pinhole'
    ? ['--port', '3478', '--tcp-port', '443', '--tls-port', '443', '--secret', LAB_SECRET, '--app', LAB_APP]
    : [...portsOf(COTURN), '--secret', COTURN.secret];
}

function portsOf({ port, tlsPort }: typeof COTURN): string[] {
  return ['--port', String(port), '--tcp-port', String(port), '--tls-port', String(tlsPort)];
}

function startPinhole(lab: Lab, certificates: TestCertificates, log: string[]): Promise<PinholeProcess> {
  return PinholeProcess.start(lab, {
    certificates,
    upstream: { signalingUrl: SIGNALING.replace('http', 'ws') },
    config: {
      relay: RELAY,
      peers: { deny: [DENIED_PEER] },
      // With the TCP relay, which is off by default: its row is asked as well.
      apps: [{ id: LAB_APP, secret: LAB_SECRET, upstreams: ['janus'], tcpRelay: true }],
      upstreams: [{ name: 'janus', signaling: SIGNALING, media: MEDIA }],
    },
    onLine: (line) => log.push(line),
  });
}

/** What most guides end with: a shared secret, a certificate (not told here), and the one denied address. */
export const COTURN_OPTIONS: readonly string[] = ['--use-auth-secret', '--denied-peer-ip', DENIED_PEER];

async function startCoturn(lab: Lab, certificates: TestCertificates): Promise<void> {
  const cert = lab.writeFile('coturn/cert.pem', certificates.cert);
  const key = lab.writeFile('coturn/key.pem', certificates.key, 0o644);
  const { dmz } = lab.addresses;
  const coturn = lab.spawn('dmz', 'turnserver', [
    ...['-n', '--log-file', 'stdout', '--simple-log', '--realm', 'coturn', '--cert', cert, '--pkey', key],
    ...['--listening-ip', dmz, '--relay-ip', dmz, '--relay-ip', RELAY_IPV6, '--listening-port', String(COTURN.port)],
    ...[
      '--tls-listening-port',
      String(COTURN.tlsPort),
      '--pidfile',
      '/run/lab/coturn/pid',
      '--db',
      '/run/lab/coturn/db',
    ],
    ...[...COTURN_OPTIONS, '--static-auth-secret', COTURN.secret],
  ]);
  await coturn.line(/SQLite DB connection success/, 15_000);
}
