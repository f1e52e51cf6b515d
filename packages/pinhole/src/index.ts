export { type Running, type UpOptions, up } from './up.ts';
