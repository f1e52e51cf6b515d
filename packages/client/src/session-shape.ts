import type { ProxySession } from '@pinhole/contract';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Checks what the SDK relies on, and no more: a newer server may add fields, and the bundle stays free of a schema
 * library. Returns the first problem as text.
 */
export function parseSession(body: unknown): ProxySession | string {
  if (!isFields(body)) return 'the body is no JSON object';
  if (typeof body.sessionId !== 'string') return 'sessionId is no text';
  if (typeof body.expiresAt !== 'number') return 'expiresAt is no number';
  if (!Array.isArray(body.regions) || body.regions.length === 0) return 'regions is no list with an entry';
  const region = body.regions.findIndex((entry) => !isRegion(entry));
  if (region >= 0) return `regions[${region}] has no gateway.base or no usable iceServers`;
  if (!Array.isArray(body.upstreams)) return 'upstreams is no list';
  const upstream = body.upstreams.findIndex((entry) => !isUpstream(entry));
  if (upstream >= 0) return `upstreams[${upstream}] has no name or no origins`;
  return body as unknown as ProxySession;
}

function isRegion(value: unknown): boolean {
  if (!isFields(value) || !isFields(value.gateway) || typeof value.gateway.base !== 'string') return false;
  return Array.isArray(value.iceServers) && value.iceServers.every(isIceServer);
}

function isIceServer(value: unknown): boolean {
  if (!isFields(value) || !isTextList(value.urls)) return false;
  return typeof value.username === 'string' && typeof value.credential === 'string';
}

function isUpstream(value: unknown): boolean {
  return isFields(value) && typeof value.name === 'string' && isTextList(value.origins);
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
