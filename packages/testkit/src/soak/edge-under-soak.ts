import { APP_KEY_ID, parseConfig } from '@pinhole/contract';
import { type Edge, startEdge } from '@pinhole/edge';
import { type Credential, mintCredential } from '@pinhole/protocol';
import { nodeCrypto } from '@pinhole/protocol/node-crypto';
import { issueTestCertificates } from '../lab/certificates.ts';
import type { ServerPlace } from '../socket-turn-client.ts';
import { type Books, readBooks } from './books.ts';

const SECRET = 'a secret that is long enough for a soak';
const IP = '127.0.0.1';
/** Few enough that ports which do not come back are missed within seconds. */
const RELAY_PORTS = 100;
const FIRST_RELAY_PORT = 42_000;
const DAY_SECONDS = 86_400;

/** The whole edge in this process, on loopback, with every kind of listener. */
export class EdgeUnderSoak implements AsyncDisposable {
  readonly places: readonly ServerPlace[];
  readonly #edge: Edge;

  private constructor(edge: Edge) {
    this.#edge = edge;
    const [udp, mux] = edge.listening.map(({ address }) => address.port);
    if (udp === undefined || mux === undefined) throw new Error('The edge has not opened its listeners.');
    this.places = [
      { transport: 'udp', ip: IP, port: udp },
      { transport: 'tcp', ip: IP, port: mux },
      { transport: 'tls', ip: IP, port: mux },
    ];
  }

  static async start(): Promise<EdgeUnderSoak> {
    const parsed = parseConfig({ text: '', file: 'soak', set: SETTINGS });
    if (!parsed.ok) throw new Error(`The configuration of the soak is wrong: ${JSON.stringify(parsed.problems)}`);
    const tls = await issueTestCertificates([IP]);
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    const web = (_request: unknown, response: { end: () => unknown }): void => void response.end();
    return new EdgeUnderSoak(await startEdge({ config: parsed.config, externalIp: IP, tls, web, log }));
  }

  credential(user: string): Credential {
    const expiresAt = Math.floor(Date.now() / 1000) + DAY_SECONDS;
    return mintCredential({ appId: 'soak', kid: APP_KEY_ID, nonce: 'n', user, key: SECRET, expiresAt }, nodeCrypto);
  }

  async books(): Promise<Books> {
    return readBooks(await this.#edge.metricsText());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#edge.close();
  }
}

const SETTINGS: readonly string[] = [
  `listen=[{ip: ${IP}, port: 0, transport: udp}, {ip: ${IP}, port: 0, transport: mux}]`,
  `relay.ip=${IP}`,
  `relay.minPort=${FIRST_RELAY_PORT}`,
  `relay.maxPort=${FIRST_RELAY_PORT + RELAY_PORTS - 1}`,
  'metrics.port=0',
  `upstreams=[{name: echo, signaling: "http://${IP}:1", media: ["${IP}"]}]`,
  `apps=[{id: soak, secret: "${SECRET}", upstreams: [echo]}]`,
];
