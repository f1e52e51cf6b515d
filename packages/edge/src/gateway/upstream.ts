import type { LookupFunction } from 'node:net';
import type { UpstreamConfig } from '@pinhole/contract';
import { mayNameLeadTo } from '../policy/name-targets.ts';
import { type Resolve, type ResolvedAddress, resolveBySystem } from '../resolve.ts';
import { UpstreamFailure } from './upstream-failure.ts';

/** Where the gateway finds an upstream's signalling server. */
export interface Upstream {
  readonly name: string;
  readonly isSecure: boolean;
  /** Without the brackets of an IPv6 address. */
  readonly hostname: string;
  readonly port: number;
  /** What the upstream expects in Host. */
  readonly host: string;
  /** Where its own paths begin; no slash at the end, empty for the root. */
  readonly basePath: string;
  readonly origin: string;
  /** The origins by which others may refer to it, its own included; `ws` written as `http`. */
  readonly origins: ReadonlySet<string>;
  /** Resolves the name and judges what comes back, for every connection anew. */
  readonly lookup: LookupFunction;
}

export function createUpstream(config: UpstreamConfig, resolve: Resolve = resolveBySystem): Upstream {
  const url = new URL(config.signaling);
  const isSecure = url.protocol === 'https:';
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  return {
    name: config.name,
    isSecure,
    hostname,
    port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port),
    host: url.host,
    basePath: url.pathname.replace(/\/+$/, ''),
    origin: url.origin,
    origins: new Set([url.origin, ...config.origins.map(httpOrigin)]),
    lookup: judgedLookup(resolve),
  };
}

/** The origin of a URL, where `ws` counts as `http`: they are one server. */
export function httpOrigin(url: string | URL): string {
  const { protocol, host } = new URL(url);
  return `${protocol.replace(/^ws/, 'http')}//${host}`;
}

/** Node asks this only for names; an address in the configuration is what the operator wrote. */
function judgedLookup(resolve: Resolve): LookupFunction {
  return (hostname, { all }, callback) => {
    const answer = (addresses: readonly ResolvedAddress[]): void => {
      const [first] = addresses;
      if (first === undefined) callback(UpstreamFailure.addressRefused(), '', 0);
      else if (all) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    };
    resolve(hostname).then(
      (addresses) => answer(addresses.filter(({ address }) => mayNameLeadTo(hostname, address))),
      (error: Error) => callback(error, '', 0),
    );
  };
}
