// Pinhole as its users run it, by its command line, on the dmz host.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TestCertificates } from './certificates.ts';
import { CHECKOUT, SOURCE_FLAGS } from './inside-program.ts';
import type { Lab } from './lab.ts';
import type { LabProcess } from './lab-process.ts';
import { waitUntilUp } from './readiness.ts';
import { LAB_FOLDER } from './sandbox.ts';
import { LEGS } from './topology.ts';

const MAIN = join(CHECKOUT, 'packages', 'pinhole', 'src', 'main.ts');
const METRICS = { ip: '127.0.0.1', port: 9641 };
export const LAB_APP = 'demo';
export const LAB_SECRET = 'a-secret-of-the-lab-that-is-long-enough';
/** What a TURN REST backend of that app would make credentials with. */
export const LAB_SHARED_SECRET = 'a-shared-secret-of-the-lab-32-long';

export interface PinholeOptions {
  readonly certificates: TestCertificates;
  /** The service behind Pinhole; the app may reach it and nothing else. */
  readonly upstream: { readonly signalingUrl: string };
  /** Sections of the configuration that differ from the lab's. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly onLine?: (line: string) => void;
}

export interface TurnCredential {
  readonly username: string;
  readonly password: string;
}

/** A running Pinhole. It ends with the lab at the latest. */
export class PinholeProcess implements AsyncDisposable {
  /** Where the SDK and the gateway find it. */
  readonly server: string;
  readonly process: LabProcess;
  readonly #lab: Lab;
  readonly #configFile: string;

  private constructor(lab: Lab, process: LabProcess, configFile: string) {
    this.#lab = lab;
    this.process = process;
    this.#configFile = configFile;
    this.server = `https://${lab.addresses.dmz}`;
  }

  /** Whether this checkout has the product in it. */
  static isThere(): boolean {
    return existsSync(MAIN);
  }

  /** Starts `pinhole up` on UDP 3478 and TCP 443 and resolves once its health check answers. */
  static async start(lab: Lab, options: PinholeOptions): Promise<PinholeProcess> {
    const configFile = writeConfig(lab, options);
    const { onLine } = options;
    const args = [...SOURCE_FLAGS, MAIN, 'up', '--config', configFile];
    const process_ = lab.spawn('dmz', process.execPath, args, { ...COMMAND_PLACE, ...(onLine && { onLine }) });
    await waitUntilUp(lab, 'dmz', process_, { url: `http://${METRICS.ip}:${METRICS.port}/healthz` });
    return new PinholeProcess(lab, process_, configFile);
  }

  /** A token for the lab's app, as the app's own backend would get it. */
  async token(): Promise<string> {
    return (await this.#command(['token', LAB_APP])).trim();
  }

  /** TURN credentials for clients that do not use the SDK. */
  async credentials(): Promise<TurnCredential> {
    const printed = JSON.parse(await this.#command(['credentials', LAB_APP, '--format', 'json'])) as TurnCredential;
    return { username: printed.username, password: printed.password };
  }

  /** The current metrics page, read on the dmz host as an operator's collector would. */
  async metrics(): Promise<string> {
    const script = `fetch('http://${METRICS.ip}:${METRICS.port}/metrics').then((r) => r.text()).then(console.log)`;
    return (await this.#lab.run('dmz', process.execPath, ['-e', script])).stdout;
  }

  async stop(): Promise<void> {
    await this.process.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #command(words: readonly string[]): Promise<string> {
    const args = [...SOURCE_FLAGS, MAIN, ...words, '--config', this.#configFile];
    const { code, stdout, stderr } = await this.#lab.run('dmz', process.execPath, args, COMMAND_PLACE);
    if (code !== 0) throw new Error(`"pinhole ${words.join(' ')}" failed with ${code}: ${stderr.trim()}`);
    return stdout;
  }
}

// The checkout's PINHOLE_* variables, if any, must not leak into a test's config.
const COMMAND_PLACE = { cwd: CHECKOUT, env: withoutPinholeVariables() };

function withoutPinholeVariables(): NodeJS.ProcessEnv {
  const names = Object.keys(process.env).filter((name) => name.startsWith('PINHOLE_'));
  return Object.fromEntries(names.map((name) => [name, undefined]));
}

function writeConfig(lab: Lab, { certificates, upstream, config: differences }: PinholeOptions): string {
  const cert = lab.writeFile('pinhole/cert.pem', certificates.cert);
  const key = lab.writeFile('pinhole/key.pem', certificates.key, 0o600);
  const config = {
    host: lab.addresses.dmz,
    externalIp: lab.addresses.dmz,
    dataDir: `${LAB_FOLDER}/pinhole/data`,
    realm: 'pinhole',
    listen: [
      { ip: '0.0.0.0', port: 3478, transport: 'udp' },
      { ip: '0.0.0.0', port: 443, transport: 'mux' },
    ],
    relay: { ip: '0.0.0.0', minPort: 49152, maxPort: 65535 },
    tls: { cert, key },
    metrics: METRICS,
    apps: [
      {
        id: LAB_APP,
        secret: LAB_SECRET,
        sharedSecrets: ['another-secret-that-is-not-the-one', LAB_SHARED_SECRET],
        upstreams: ['janus'],
      },
    ],
    upstreams: [{ name: 'janus', signaling: httpOrigin(upstream.signalingUrl), media: [LEGS.cloud.cidr] }],
    ...differences,
  };
  // JSON is YAML, and needs no writer that could get a quote wrong.
  return lab.writeFile('pinhole/pinhole.yaml', `${JSON.stringify(config, null, 2)}\n`);
}

function httpOrigin(webSocketUrl: string): string {
  return new URL(webSocketUrl.replace(/^ws/, 'http')).origin;
}
