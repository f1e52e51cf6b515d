export type { EdgeOptions, RunningEdge, StartEdge } from './edge-part.ts';
export { type Running, type UpOptions, up } from './up.ts';
