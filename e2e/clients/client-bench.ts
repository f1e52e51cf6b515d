// Where independent clients are tried: the firewall lab with the real `pinhole up` in the DMZ, an echo server in the cloud that only
// the relay can reach, and the client in corp behind a firewall that opens nothing but Pinhole's two ports.
import { dirname, join } from 'node:path';
import {
  CHECKOUT,
  issueTestCertificates,
  LAB_APP,
  Lab,
  PinholeProcess,
  startEchoServers,
  type TestCertificates,
  type TurnCredential,
  type TurnTransport,
} from '@pinhole/testkit/lab';
import type { ClientOutcome, ClientTask } from './client-task.ts';

const PORTS: { readonly [transport in TurnTransport]: number } = { udp: 3478, tcp: 443, tls: 443 };
const ECHO_PORT = 3480;
// Firefox takes no address in a turns: URL, only a name. The lab has no DNS: the name is in the clients' hosts file.
const NAME = 'turn.example.com';
const SOURCE_FLAGS = ['--conditions=pinhole-source', '--disable-warning=ExperimentalWarning'];
const PROGRAMS = join(CHECKOUT, 'e2e', 'clients', 'programs');
// Every command on a lab's host has mounts of its own, so that this changes nobody else's files.
const WITH_OWN_NAMES =
  'mount --bind "$0/hosts" /etc/hosts && mount --bind "$0/resolv.conf" /etc/resolv.conf && exec "$@"';

/** What the server says of its allocations. */
export interface ServerCounts {
  /** Made since the start, by the transport that the client came over. */
  readonly made: { readonly [transport in TurnTransport]: number };
  readonly living: number;
  readonly openRelays: number;
  readonly relayedPackets: number;
}

export class ClientBench implements AsyncDisposable {
  readonly lab: Lab;
  readonly certificates: TestCertificates;
  readonly #pinhole: PinholeProcess;
  readonly #credential: TurnCredential;
  readonly #caFile: string;
  readonly #namesFolder: string;

  private constructor(lab: Lab, certificates: TestCertificates, pinhole: PinholeProcess, credential: TurnCredential) {
    this.lab = lab;
    this.certificates = certificates;
    this.#pinhole = pinhole;
    this.#credential = credential;
    this.#caFile = lab.writeFile('clients/ca.pem', certificates.ca);
    this.#namesFolder = dirname(lab.writeFile('names/hosts', `127.0.0.1 localhost\n${lab.addresses.dmz} ${NAME}\n`));
    // Questions to the machine's own DNS would be lost in the lab and waited for; here the answer is no at once.
    lab.writeFile('names/resolv.conf', 'nameserver 127.0.0.1\n');
  }

  static async create(): Promise<ClientBench> {
    const lab = await Lab.create({ profile: 'udp-3478-and-tcp-443' });
    try {
      const { dmz, cloud } = lab.addresses;
      const certificates = await issueTestCertificates([dmz, NAME]);
      const upstream = { signalingUrl: `ws://${cloud}:8188/` };
      const [pinhole] = await Promise.all([
        PinholeProcess.start(lab, { certificates, upstream }),
        startEchoServers(lab, 'cloud', [{ protocol: 'udp', ip: cloud, port: ECHO_PORT }]),
      ]);
      return new ClientBench(lab, certificates, pinhole, await pinhole.credentials());
    } catch (cause) {
      await lab.close();
      throw cause;
    }
  }

  task(transport: TurnTransport, amount: Pick<ClientTask, 'messages' | 'messageBytes' | 'timeoutMs'>): ClientTask {
    const server = { ip: this.lab.addresses.dmz, port: PORTS[transport] };
    const scheme = transport === 'tls' ? 'turns' : 'turn';
    return {
      transport,
      server,
      url: `${scheme}:${NAME}:${server.port}?transport=${transport === 'udp' ? 'udp' : 'tcp'}`,
      realm: 'pinhole',
      ...this.#credential,
      caFile: this.#caFile,
      peer: { ip: this.lab.addresses.cloud, port: ECHO_PORT },
      ...amount,
    };
  }

  /** Runs a client program on the corp host. Throws with what it said when it gives up. */
  async runProgram(task: ClientTask, command: string, args: readonly string[] = []): Promise<ClientOutcome> {
    const { code, signal, stdout, stderr } = await this.lab.run(
      'corp',
      'sh',
      ['-c', WITH_OWN_NAMES, this.#namesFolder, command, ...args],
      {
        input: JSON.stringify(task),
        timeoutMs: task.timeoutMs + 10_000,
        // How the runtimes are told of one more authority, and Python to leave no files in the checkout.
        env: { NODE_EXTRA_CA_CERTS: task.caFile, SSL_CERT_FILE: task.caFile, PYTHONDONTWRITEBYTECODE: '1' },
      },
    );
    if (code !== 0) throw new Error(`${command} ${args.at(-1)} failed (${signal ?? code}):\n${stderr.slice(-2000)}`);
    return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as ClientOutcome;
  }

  /** One of the TypeScript programs in programs/. */
  runNode(task: ClientTask, file: string): Promise<ClientOutcome> {
    return this.runProgram(task, process.execPath, [...SOURCE_FLAGS, join(PROGRAMS, file)]);
  }

  /** One of the Python programs in programs/, on Debian's Python: the modules are Debian's too. */
  runPython(task: ClientTask, file: string): Promise<ClientOutcome> {
    return this.runProgram(task, '/usr/bin/python3', [join(PROGRAMS, file)]);
  }

  async counts(): Promise<ServerCounts> {
    const text = await this.#pinhole.metrics();
    const made = (transport: TurnTransport): number =>
      sum(text, `pinhole_allocations_total{app="${LAB_APP}",transport="${transport}"}`);
    return {
      made: { udp: made('udp'), tcp: made('tcp'), tls: made('tls') },
      living: sum(text, 'pinhole_allocations{'),
      openRelays: sum(text, 'pinhole_open_relays'),
      relayedPackets: sum(text, 'pinhole_relay_packets_total{'),
    };
  }

  /** The counts once no more than `living` allocations live, or after `timeoutMs` as they are then. */
  async countsAfterEnd(living: number, timeoutMs: number): Promise<ServerCounts> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const counts = await this.counts();
      if ((counts.living <= living && counts.openRelays <= living) || performance.now() > deadline) return counts;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lab.close();
  }
}

/** Adds up the samples whose name and labels start like this. */
function sum(metrics: string, start: string): number {
  const samples = metrics.split('\n').filter((line) => line.startsWith(start));
  return samples.reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
