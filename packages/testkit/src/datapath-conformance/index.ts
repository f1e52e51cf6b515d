export type { ConformanceOptions, CreateDatapath } from './bench.ts';
export { datapathConformance } from './suite.ts';
