export * from './datapath/counters.ts';
export type * from './datapath/datapath.ts';
export { createPortableDatapath, type PortableDatapathOptions } from './datapath/portable/portable-datapath.ts';
export type { PortRange } from './datapath/portable/relay-sockets.ts';
export * from './errors.ts';
