import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { DatapathCounters } from '../datapath/counters.ts';
import type { UpgradeCount } from '../gateway/upgrade-counts.ts';
import type { KernelDrops } from './kernel-drops.ts';

/** Where the numbers are read when somebody asks. Every label is of a closed list or configured. */
export interface MetricSources {
  readonly datapath: () => DatapathCounters;
  readonly allocations: () => Iterable<AllocationCount>;
  readonly authenticationFailures: () => Iterable<readonly [reason: string, count: number]>;
  /** Messages that the turn-server core dropped. */
  readonly coreDrops: () => Iterable<readonly [reason: string, count: number]>;
  readonly allocationEnds: () => Iterable<readonly [end: string, count: number]>;
  /** Allocate requests that were right and got nothing. */
  readonly quotaRejections: () => Iterable<QuotaRejection>;
  /** Looks itself; its total is of the last look. */
  readonly kernelDrops: Pick<KernelDrops, 'look' | 'total'>;
  readonly deniedPeers: () => number;
  readonly gatewayUpgrades: () => Iterable<UpgradeCount>;
  /** Unix time, in seconds. */
  readonly certificateExpiresAt: () => number;
}

export interface AllocationCount {
  readonly app: string;
  readonly transport: string;
  readonly live: number;
  readonly total: number;
}

export interface QuotaRejection {
  readonly app: string;
  /** Which limit, or what else stood against it. */
  readonly kind: string;
  readonly count: number;
}

export interface Metrics {
  /** For the Content-Type of the answer. */
  readonly contentType: string;
  /** The numbers of now in Prometheus' text format. */
  text(): Promise<string>;
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** Nothing is kept here: each metric reads its source when it is asked for. */
export function createMetrics(sources: MetricSources): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  addRelayMetrics(registry, sources);
  addTrafficMetrics(registry, sources.datapath);
  addGatewayMetrics(registry, sources);
  gauge(registry, 'pinhole_cert_expiry_seconds', 'When the TLS certificate in use expires: Unix time.', [], () => [
    [{}, sources.certificateExpiresAt()],
  ]);
  return { contentType: registry.contentType, text: () => sources.kernelDrops.look().then(() => registry.metrics()) };
}

function addRelayMetrics(registry: Registry, sources: MetricSources): void {
  const { allocations, allocationEnds, quotaRejections, authenticationFailures, deniedPeers, datapath } = sources;
  gauge(registry, 'pinhole_allocations', 'Allocations that live now.', ['app', 'transport'], () =>
    Array.from(allocations(), ({ app, transport, live }) => [{ app, transport }, live]),
  );
  counter(registry, 'pinhole_allocations_total', 'Allocations made.', ['app', 'transport'], () =>
    Array.from(allocations(), ({ app, transport, total }) => [{ app, transport }, total]),
  );
  counter(registry, 'pinhole_allocation_ends_total', 'Allocations ended, by what ended them.', ['reason'], () =>
    byReason(allocationEnds()),
  );
  counter(registry, 'pinhole_quota_rejections_total', 'Allocations refused, by the limit.', ['app', 'kind'], () =>
    Array.from(quotaRejections(), ({ app, kind, count }) => [{ app, kind }, count]),
  );
  counter(registry, 'pinhole_auth_failures_total', 'TURN requests that were not believed.', ['reason'], () =>
    byReason(authenticationFailures()),
  );
  counter(registry, 'pinhole_denied_peers_total', 'Peer addresses that the policy refused.', [], () => [
    [{}, deniedPeers()],
  ]);
  gauge(registry, 'pinhole_open_relays', 'Relayed addresses that are open now.', [], () => [
    [{}, datapath().openRelays],
  ]);
  gauge(registry, 'pinhole_client_streams', 'TURN clients over TCP and TLS that are connected now.', [], () => [
    [{}, datapath().clientStreams],
  ]);
}

function addTrafficMetrics(registry: Registry, datapath: () => DatapathCounters): void {
  const labels = ['direction', 'side'];
  const traffic = (unit: 'packets' | 'bytes') => (): Sample[] => {
    const { fromClients, toClients, fromPeers, toPeers } = datapath();
    return [
      [{ direction: 'rx', side: 'client' }, fromClients[unit]],
      [{ direction: 'tx', side: 'client' }, toClients[unit]],
      [{ direction: 'rx', side: 'peer' }, fromPeers[unit]],
      [{ direction: 'tx', side: 'peer' }, toPeers[unit]],
    ];
  };
  counter(registry, 'pinhole_relay_packets_total', 'Packets of application data.', labels, traffic('packets'));
  counter(registry, 'pinhole_relay_bytes_total', 'Bytes of application data.', labels, traffic('bytes'));
}

function addGatewayMetrics(registry: Registry, sources: MetricSources): void {
  const { datapath, coreDrops, kernelDrops, gatewayUpgrades } = sources;
  counter(registry, 'pinhole_dropped_packets_total', 'Packets that went no further, by reason.', ['reason'], () =>
    byReason([...Object.entries(datapath().dropped), ...coreDrops(), ...receiveOverflows(kernelDrops.total)]),
  );
  counter(registry, 'pinhole_ended_streams_total', 'Connections that the relay ended, by reason.', ['reason'], () =>
    byReason(Object.entries(datapath().endedStreams)),
  );
  counter(
    registry,
    'pinhole_gateway_upgrades_total',
    'WebSockets asked for, by upstream and answer.',
    ['upstream', 'code'],
    () => Array.from(gatewayUpgrades(), ({ upstream, code, count }) => [{ upstream, code }, count]),
  );
}

/** No line where the system does not tell: 0 would say that nothing was lost. */
function receiveOverflows(total: number | undefined): Iterable<readonly [reason: string, count: number]> {
  return total === undefined ? [] : [['receiveOverflow', total]];
}

/** Adds up where two sources know the same reason. */
function byReason(counts: Iterable<readonly [reason: string, count: number]>): Sample[] {
  const sums = new Map<string, number>();
  for (const [reason, count] of counts) sums.set(reason, (sums.get(reason) ?? 0) + count);
  return Array.from(sums, ([reason, sum]) => [{ reason }, sum]);
}

function counter(registry: Registry, name: string, help: string, labelNames: string[], read: () => Sample[]): void {
  new Counter({
    name,
    help,
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      for (const [labels, value] of read()) this.inc(labels, value);
    },
  });
}

function gauge(registry: Registry, name: string, help: string, labelNames: string[], read: () => Sample[]): void {
  new Gauge({
    name,
    help,
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      for (const [labels, value] of read()) this.set(labels, value);
    },
  });
}
