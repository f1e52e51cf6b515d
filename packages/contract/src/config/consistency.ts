import type { z } from 'zod';
import { repeatedKeyIds, secretsOfNoListener, unfitSharedSecrets } from './app-consistency.ts';
import { type AppConfig, appSchema } from './apps.ts';
import { touchesLoopback } from './cidr.ts';
import { type ListenConfig, listenSchema, RELAY_PORTS, type UpstreamConfig, upstreamSchema } from './config.ts';
import { didYouMean } from './did-you-mean.ts';
import { isGroup } from './group.ts';
import { parsePeerRule } from './peer-rule.ts';
import type { ConfigPath, Finding } from './problems.ts';
import { relayFamilies } from './relay-families.ts';

export interface Consistency {
  readonly errors: readonly Finding[];
  readonly warnings: readonly Finding[];
}

/**
 * The rules that hold between keys. They are judged on every part that is right in itself, so that one mistake does
 * not hide another: an operator sees all of them at once.
 */
export function checkConsistency(raw: Readonly<Record<string, unknown>>): Consistency {
  const apps = rightItems(appSchema, 'apps', raw.apps);
  const upstreams = rightItems(upstreamSchema, 'upstreams', raw.upstreams);
  const listeners = rightItems(listenSchema, 'listen', raw.listen);
  const errors = [
    ...duplicates(apps, 'id', ({ id }) => id),
    ...duplicates(upstreams, 'name', ({ name }) => name),
    ...repeatedKeyIds(apps),
    ...unfitSharedSecrets(apps),
    ...(raw.listen === undefined ? [] : secretsOfNoListener(apps, listeners)),
    ...unknownUpstreams(apps, namesOf(raw.upstreams)),
    ...sharedAddresses(listeners),
    ...proxiesOfDatagrams(listeners),
    ...relayRange(raw.relay),
    ...relayFamilies(raw),
    ...demoWithoutApp(raw, apps),
  ];
  return { errors, warnings: [...loopbackMedia(upstreams), ...publicPeers(raw.peers)] };
}

interface Item<T> {
  readonly path: ConfigPath;
  readonly value: T;
}

function rightItems<T>(schema: z.ZodType<T>, key: string, raw: unknown): readonly Item<T>[] {
  if (!Array.isArray(raw)) return [];
  return raw.flatMap((entry, i) => {
    const parsed = schema.safeParse(entry);
    return parsed.success ? [{ path: [key, i], value: parsed.data }] : [];
  });
}

function duplicates<T>(items: readonly Item<T>[], key: string, nameOf: (value: T) => string): readonly Finding[] {
  const first = new Map<string, Item<T>>();
  return items.flatMap((item) => {
    const name = nameOf(item.value);
    const earlier = first.get(name);
    if (earlier !== undefined) return [{ path: [...item.path, key], message: `is already ${earlier.path.join('.')}` }];
    first.set(name, item);
    return [];
  });
}

/** Every name that is written, also of an upstream that is wrong elsewhere: one mistake must not be two problems. */
function namesOf(raw: unknown): readonly string[] {
  if (!Array.isArray(raw)) return [];
  return raw
    .map((entry: unknown) => (isGroup(entry) ? entry.name : undefined))
    .filter((name) => typeof name === 'string');
}

function unknownUpstreams(apps: readonly Item<AppConfig>[], names: readonly string[]): readonly Finding[] {
  return apps.flatMap(({ path, value }) =>
    value.upstreams.flatMap((name, i): readonly Finding[] => {
      if (names.includes(name)) return [];
      const suggestion = didYouMean(name, names);
      const finding = { path: [...path, 'upstreams', i], message: `names no entry of upstreams` };
      return [suggestion === undefined ? finding : { ...finding, suggestion }];
    }),
  );
}

function sharedAddresses(listeners: readonly Item<ListenConfig>[]): readonly Finding[] {
  return listeners.flatMap((item, i) => {
    const earlier = listeners.slice(0, i).find(({ value }) => overlap(value, item.value));
    return earlier === undefined
      ? []
      : [{ path: item.path, message: `uses the same address as ${earlier.path.join('.')}` }];
  });
}

/** A PROXY header in a datagram could be forged by anybody who can write its source address. */
function proxiesOfDatagrams(listeners: readonly Item<ListenConfig>[]): readonly Finding[] {
  return listeners.flatMap(({ path, value }) => {
    if (value.transport !== 'udp' || value.proxyProtocolFrom === undefined) return [];
    return [{ path: [...path, 'proxyProtocolFrom'], message: 'is for tcp and mux; over udp nobody can be believed' }];
  });
}

/** mux and tcp are both TCP. Port 0 is a different port each time. */
function overlap(a: ListenConfig, b: ListenConfig): boolean {
  const sameProtocol = (a.transport === 'udp') === (b.transport === 'udp');
  const sameIp = a.ip === b.ip || (isEvery(a.ip) && isEvery(b.ip)) || covers(a.ip, b.ip) || covers(b.ip, a.ip);
  return sameProtocol && a.port === b.port && a.port !== 0 && sameIp;
}

function isEvery(ip: string): boolean {
  return ip === '0.0.0.0' || ip === '::';
}

/** `::` also takes IPv4, as Node opens it. */
function covers(every: string, ip: string): boolean {
  return every === '::' || (every === '0.0.0.0' && !ip.includes(':'));
}

function relayRange(raw: unknown): readonly Finding[] {
  const { minPort = RELAY_PORTS.min, maxPort = RELAY_PORTS.max } = isGroup(raw) ? raw : {};
  if (typeof minPort !== 'number' || typeof maxPort !== 'number' || minPort <= maxPort) return [];
  return [{ path: ['relay', 'minPort'], message: `must not be above maxPort (${maxPort})` }];
}

function demoWithoutApp(raw: Readonly<Record<string, unknown>>, apps: readonly Item<AppConfig>[]): readonly Finding[] {
  if (raw.demo !== true || apps.some(({ value }) => value.id === 'demo')) return [];
  return [{ path: ['demo'], message: 'needs an app with the id "demo" under apps' }];
}

function loopbackMedia(upstreams: readonly Item<UpstreamConfig>[]): readonly Finding[] {
  return upstreams.flatMap(({ path, value }) =>
    value.media.flatMap((text, i) => {
      const message = "lets clients reach this machine's own loopback services; declare the media server's own address";
      return mayBeLoopback(text) ? [{ path: [...path, 'media', i], message }] : [];
    }),
  );
}

/** What a name leads to is judged when it is resolved; only `localhost` says it by itself (RFC 6761 §6.3). */
function mayBeLoopback(text: string): boolean {
  const rule = parsePeerRule(text);
  if ('problem' in rule) return false;
  return rule.kind === 'name' ? /(^|\.)localhost$/.test(rule.hostname) : touchesLoopback(rule.range);
}

function publicPeers(raw: unknown): readonly Finding[] {
  const isPublic = isGroup(raw) && raw.public === true;
  const message = 'lets every app reach any public address; declared upstreams are safer';
  return isPublic ? [{ path: ['peers', 'public'], message }] : [];
}
