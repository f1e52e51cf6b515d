// A lab with Pinhole in it, a call through it, and what attacks it.
import { fileURLToPath } from 'node:url';
import { issueTestCertificates } from '../lab/certificates.ts';
import { SOURCE_FLAGS } from '../lab/inside-program.ts';
import { Lab } from '../lab/lab.ts';
import type { LabProcess } from '../lab/lab-process.ts';
import { PinholeProcess } from '../lab/pinhole-process.ts';
import { startEchoServers } from '../lab/reachability.ts';
import type { LabHost } from '../lab/topology.ts';
import type { CallInput, CallReport } from './call.ts';
import type { HalfOpenInput } from './half-open.ts';

const ECHO_PORT = 5000;
const UDP_PORT = 3478;
const MUX_PORT = 443;
const FORGED_SOURCES = '198.18.0.0/15';
/** Addresses of the attacker who completes the TCP handshake, and so must hear the answers. */
const ATTACKER_NETWORK = '192.0.2.0/24';
const ATTACKER_ADDRESSES = 20;
const PATIENCE = 60_000;

export interface FloodOptions {
  readonly packetsPerSecond: number;
  readonly seconds: number;
}

export interface FloodReport {
  readonly sent: number;
  readonly seconds: number;
}

export class Battlefield implements AsyncDisposable {
  readonly #lab: Lab;
  readonly #pinhole: PinholeProcess;

  private constructor(lab: Lab, pinhole: PinholeProcess) {
    this.#lab = lab;
    this.#pinhole = pinhole;
  }

  static async create(): Promise<Battlefield> {
    const lab = await Lab.create({ profile: 'open' });
    try {
      const { addresses } = lab;
      const certificates = await issueTestCertificates([addresses.dmz]);
      const upstream = { signalingUrl: `ws://${addresses.cloud}:8188/` };
      await startEchoServers(lab, 'cloud', [{ protocol: 'udp', ip: addresses.cloud, port: ECHO_PORT }]);
      await setUpRoutes(lab);
      return new Battlefield(lab, await PinholeProcess.start(lab, { certificates, upstream }));
    } catch (error) {
      await lab.close();
      throw error;
    }
  }

  /** Begins a call and resolves once it talks; `report` is there when it has ended. */
  async call(transport: 'udp' | 'tls', seconds: number): Promise<{ readonly report: Promise<CallReport> }> {
    const { addresses } = this.#lab;
    const input: CallInput = {
      place: { transport, ip: addresses.dmz, port: transport === 'udp' ? UDP_PORT : MUX_PORT },
      credential: await this.#pinhole.credentials(),
      peer: { family: 4, ip: addresses.cloud, port: ECHO_PORT },
      seconds,
    };
    const process = this.#program('corp', 'call', input);
    await process.line(/^talking$/, PATIENCE);
    return { report: process.line(/^\{/, PATIENCE).then((line) => JSON.parse(line) as CallReport) };
  }

  /** Binding and Allocate requests from sources that do not exist, straight onto Pinhole's wire. */
  async spoof({ packetsPerSecond, seconds }: FloodOptions): Promise<FloodReport> {
    const mac = (await this.#lab.run('dmz', 'cat', ['/sys/class/net/eth0/address'])).stdout.trim();
    const script = fileURLToPath(new URL('./spoofed_flood.py', import.meta.url));
    const { dmz } = this.#lab.addresses;
    const args = [script, 'dmz', mac, dmz, UDP_PORT, packetsPerSecond, seconds].map(String);
    const { code, stdout, stderr } = await this.#lab.run('fw', 'python3', args, { timeoutMs: PATIENCE });
    if (code !== 0) throw new Error(`The flood failed: ${stderr}`);
    return JSON.parse(stdout) as FloodReport;
  }

  /** Connections that stay half-open, from several addresses, for some seconds. */
  async halfOpen(count: number, seconds: number): Promise<{ readonly connected: number; readonly ended: number }> {
    const sources = Array.from({ length: ATTACKER_ADDRESSES }, (_, i) => `192.0.2.${i + 1}`);
    const input: HalfOpenInput = { ip: this.#lab.addresses.dmz, port: MUX_PORT, count, sources, seconds };
    return JSON.parse(await this.#program('cloud', 'half-open', input).line(/^\{/, PATIENCE));
  }

  /** One number of the metrics page, summed over its labels that contain the text. */
  async metric(name: string, label = ''): Promise<number> {
    const lines = (await this.#pinhole.metrics()).split('\n');
    const matching = lines.filter((line) => line.startsWith(name) && line.includes(label));
    return matching.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pinhole.stop();
    await this.#lab.close();
  }

  #program(host: LabHost, name: 'call' | 'half-open', input: unknown): LabProcess {
    const file = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
    return this.#lab.spawn(host, process.execPath, [...SOURCE_FLAGS, file, JSON.stringify(input)]);
  }
}

/** Answers to forged sources vanish in the router; the attacker's own addresses lead back to the cloud. */
async function setUpRoutes(lab: Lab): Promise<void> {
  const commands: readonly [LabHost, readonly string[]][] = [
    ['fw', ['route', 'add', 'blackhole', FORGED_SOURCES]],
    ['fw', ['route', 'add', ATTACKER_NETWORK, 'via', lab.addresses.cloud]],
    ['cloud', ['route', 'add', 'local', ATTACKER_NETWORK, 'dev', 'lo']],
  ];
  for (const [host, args] of commands) {
    const { code, stderr } = await lab.run(host, 'ip', args);
    if (code !== 0) throw new Error(`ip ${args.join(' ')} failed on ${host}: ${stderr}`);
  }
}
