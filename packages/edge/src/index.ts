export * from './datapath/counters.ts';
export type * from './datapath/datapath.ts';
export { createPortableDatapath, type PortableDatapathOptions } from './datapath/portable/portable-datapath.ts';
export type { RelayAddressOptions } from './datapath/portable/relay-addresses.ts';
export type { PortRange } from './datapath/portable/relay-sockets.ts';
export { type Edge, type EdgeOptions, type LiveConfig, startEdge } from './edge.ts';
export * from './errors.ts';
export { createGateway, type Gateway, type GatewayOptions } from './gateway/gateway.ts';
export type { UpgradeCount } from './gateway/upgrade-counts.ts';
export { clientIpOf } from './http/client-address.ts';

export { createHttpServer, type HttpLimits, type HttpServer, type HttpServerOptions } from './http/http-server.ts';
export { type AllocationCount, createMetrics, type MetricSources, type Metrics } from './metrics/metrics.ts';
export type { Resolve, ResolvedAddress } from './resolve.ts';
