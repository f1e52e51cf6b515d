import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Config, Log } from '@pinhole/contract';
import {
  type Draining,
  findAlternates,
  type Instant,
  parseAddress,
  type Revocation,
  type RevocationOutcome,
  type TransportAddress,
  TurnServer,
} from '@pinhole/protocol';
import { nodeCrypto } from '@pinhole/protocol/node-crypto';
import { CertificateInUse } from './certificate-in-use.ts';
import { credentialFinder } from './credentials.ts';
import type { Datapath, ListeningAddress, TlsIdentity } from './datapath/datapath.ts';
import { createPortableDatapath } from './datapath/portable/portable-datapath.ts';
import { Driver } from './driver.ts';
import { createGateway, type Gateway } from './gateway/gateway.ts';
import { createHttpServer } from './http/http-server.ts';
import { allocationLimits } from './limits.ts';
import { clampedBuffer } from './listeners/buffer-limit.ts';
import { LISTENER_BUFFER_BYTES } from './listeners/udp-socket.ts';
import { KernelDrops } from './metrics/kernel-drops.ts';
import { createMetrics, type Metrics } from './metrics/metrics.ts';
import { ownNetworks } from './policy/own-networks.ts';
import { PeerAccess } from './policy/peer-access.ts';
import type { OwnPlaces } from './policy/peer-policy.ts';
import { resolveBySystem } from './resolve.ts';

export interface EdgeOptions {
  readonly config: Config;
  /** The address that clients and peers see. */
  readonly externalIp: string;
  readonly tls: TlsIdentity;
  /** Answers every HTTP request that is not for the gateway. */
  readonly web: (request: IncomingMessage, response: ServerResponse) => void;
  readonly log: Log;
}

/** A relay and a gateway that serve. */
export interface Edge {
  /** In the order of the configuration, with the ports that the system chose where 0 was asked for. */
  readonly listening: readonly ListeningAddress[];
  readonly datapath: Datapath['backend'];
  /** The numbers of now in Prometheus' text format. */
  metricsText(): Promise<string>;
  /** Ends the allocations of a credential, a key or an app before it returns, and believes them no more. */
  revoke(revocation: Revocation): RevocationOutcome;
  /** Replaces what may change while allocations live. Resolves when it holds; names may take seconds to resolve. */
  reconfigure(config: LiveConfig): Promise<void>;
  /** Serves new connections with another certificate. Throws an EdgeError, and keeps the old one, where it cannot. */
  setTls(tls: TlsIdentity): void;
  /** When the certificate in use expires: Unix time, in seconds. */
  certificateExpiresAt(): number;
  /** Takes no new allocations from now on. Resolves when the last one has ended. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** The rest of the configuration holds for as long as the edge runs. */
export type LiveConfig = Pick<Config, 'apps' | 'upstreams' | 'peers' | 'limits' | 'alternateServer'>;

const NONCE_KEY_LENGTH = 32;

/** Rejects with an EdgeError where an address cannot be bound or the certificate cannot be used; nothing is left open then. */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const { config, externalIp, tls, web, log } = options;
  const gateway = createGateway({ upstreams: config.upstreams, apps: config.apps, log, now: () => clock().unix });
  const http = createHttpServer({ gateway, web });

  let udpAddresses: readonly TransportAddress[] = [];
  let alternateServer = config.alternateServer;
  let isDraining = false;
  let limits = allocationLimits(config.limits);
  let apps = config.apps;
  let credentials = credentialFinder(config.apps);
  const server = new TurnServer({
    realm: config.realm,
    crypto: nodeCrypto,
    nonceKey: nodeCrypto.randomBytes(NONCE_KEY_LENGTH),
    findCredentials: (username, fiveTuple) => credentials.findCredentials(username, fiveTuple),
    noteProven: (username, known) => credentials.noteProven(username, known),
    mobility: true,
    alternatesOf: (serverAddress) => findAlternates(serverAddress, udpAddresses),
    tcpRelay: (appId) => apps.some(({ id, tcpRelay }) => id === appId && tcpRelay === true),
    limits: () => limits,
    channelNumbers: config.relay.channels,
    draining: () => (isDraining ? drainingTo(alternateServer) : undefined),
    judgePeer: (question) => peers.judge(question),
  });
  const peers = new PeerAccess({
    resolve: resolveBySystem,
    clock: () => clock().monotonic,
    log,
    changed: () => driver.rejudge(),
  });
  const driver = new Driver({ server, clock, log, onHttpConnection: (connection) => http.serve(connection) });
  const datapath = createPortableDatapath({
    sink: driver,
    relay: config.relay,
    externalIp,
    ...externalIpv6(config),
    tls,
  });
  datapath.setLimits(config.limits);
  driver.attach(datapath);
  const revoke = (revocation: Revocation): RevocationOutcome => driver.revoke(revocation);
  const close = async (): Promise<void> => {
    peers.close();
    driver.close();
    http.close();
    await datapath.close();
  };

  try {
    const listening = await listenOnAll(datapath, config);
    udpAddresses = listening.filter(({ transport }) => transport === 'udp').map(({ address }) => address);
    await warnOfSmallBuffers(log);
    const own = ownPlaces(listening, options);
    await peers.configure(config, own);
    const reconfigure = async (next: LiveConfig): Promise<void> => {
      apps = next.apps;
      credentials = credentialFinder(next.apps);
      limits = allocationLimits(next.limits);
      alternateServer = next.alternateServer;
      datapath.setLimits(next.limits);
      gateway.configure(next);
      // Last, because it judges again what exists, by the new credentials too.
      await peers.configure(next, own);
    };
    const certificate = new CertificateInUse(datapath, tls);
    const drain = (): Promise<void> => {
      isDraining = true;
      return driver.emptied();
    };
    const metrics = metricsOf({ datapath, driver, gateway, certificate });
    return {
      listening,
      datapath: datapath.backend,
      metricsText: () => metrics.text(),
      setTls: (next) => certificate.replace(next),
      certificateExpiresAt: () => certificate.expiresAt,
      revoke,
      reconfigure,
      drain,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function drainingTo(alternateServer: string | undefined): Draining {
  const address = alternateServer === undefined ? undefined : parseAddress(alternateServer);
  return address === undefined ? {} : { alternateServer: address };
}

async function warnOfSmallBuffers(log: Log): Promise<void> {
  const clamped = await clampedBuffer();
  const hint = `bursts overflow them; sysctl -w net.core.rmem_max=${LISTENER_BUFFER_BYTES}`;
  if (clamped !== undefined) log.warn('edge.small_receive_buffers', { ...clamped, hint });
}

function clock(): Instant {
  return { monotonic: performance.now(), unix: Math.floor(Date.now() / 1000) };
}

async function listenOnAll(datapath: Datapath, { listen }: Config): Promise<ListeningAddress[]> {
  const listening: ListeningAddress[] = [];
  for (const { transport, ip, port, proxyProtocolFrom = [] } of listen) {
    listening.push(await datapath.listen({ transport, address: { ip, port }, proxyProtocolFrom }));
  }
  return listening;
}

function ownPlaces(listening: readonly ListeningAddress[], { config, externalIp }: EdgeOptions): OwnPlaces {
  const { ips, broadcasts } = ownNetworks();
  const endpoints = [...listening.map(({ address }) => address), config.metrics];
  return { endpoints, ips: [externalIp, ...Object.values(externalIpv6(config)), ...ips], broadcasts };
}

function externalIpv6({ externalIpv6 }: Config): { readonly externalIpv6?: string } {
  return externalIpv6 === undefined ? {} : { externalIpv6 };
}

interface Measured {
  readonly datapath: Datapath;
  readonly driver: Driver;
  readonly gateway: Gateway;
  readonly certificate: CertificateInUse;
}

function metricsOf({ datapath, gateway, driver, certificate }: Measured): Metrics {
  const { statistics } = driver;
  return createMetrics({
    datapath: () => datapath.counters(),
    allocations: () => statistics.allocations(),
    authenticationFailures: () => statistics.authenticationFailures,
    coreDrops: () => statistics.drops,
    allocationEnds: () => statistics.allocationEnds,
    quotaRejections: () => statistics.quotaRejections(),
    kernelDrops: new KernelDrops(),
    deniedPeers: () => statistics.deniedPeers,
    gatewayUpgrades: () => gateway.upgrades(),
    certificateExpiresAt: () => certificate.expiresAt,
  });
}
