import { z } from 'zod';
import { type AppConfig, appSchema } from './apps.ts';
import { addressRule, cidr, id, ipAddress, origin, peerRule, port, serverAddress, signalingUrl } from './fields.ts';
import { type LimitsConfig, limitsSchema } from './limits.ts';
import { type LogConfig, logSchema } from './log-config.ts';

/** Everything that the product can be told, after parsing: every default is filled in. */
export interface Config {
  /** The name that clients use. Absent: clients use the external address. */
  readonly host?: string;
  /** An IP address, or `auto`: found at the start. */
  readonly externalIp: string;
  /** What is seen of `relay.ipv6`; absent: the same address. */
  readonly externalIpv6?: string;
  readonly dataDir: string;
  readonly realm: string;
  readonly listen: readonly ListenConfig[];
  readonly relay: RelayConfig;
  readonly limits: LimitsConfig;
  /** `ip:port` of the server that clients are sent to while this one drains. */
  readonly alternateServer?: string;
  readonly log: LogConfig;
  /** Absent: Pinhole makes a development certificate and says so. */
  readonly tls?: TlsConfig;
  readonly datapath: 'auto' | 'portable';
  readonly peers: PeersConfig;
  readonly metrics: MetricsConfig;
  /** Serves the demo page's token to whoever can open the page. */
  readonly demo: boolean;
  readonly apps: readonly AppConfig[];
  readonly upstreams: readonly UpstreamConfig[];
}

export interface ListenConfig {
  readonly ip: string;
  /** 0 lets the system choose: for tests. */
  readonly port: number;
  readonly transport: 'udp' | 'tcp' | 'mux';
  /** CIDR ranges or addresses of proxies in front of a tcp or mux listener; they must write a PROXY header. */
  readonly proxyProtocolFrom?: readonly string[];
}

export interface RelayConfig {
  readonly ip: string;
  /** Absent: relayed addresses are of the family of `ip` only. */
  readonly ipv6?: string;
  readonly minPort: number;
  readonly maxPort: number;
  readonly ports: 'dedicated';
  readonly channels: 'wide' | 'strict';
}

/** PEM files. */
export interface TlsConfig {
  readonly cert: string;
  readonly key: string;
}

export interface PeersConfig {
  /** Rules of addresses (`parsePeerRule`) that no client reaches, whatever else allows them. */
  readonly deny: readonly string[];
  readonly public: boolean;
}

export interface MetricsConfig {
  readonly ip: string;
  readonly port: number;
}

export interface UpstreamConfig {
  readonly name: string;
  /** `http://` or `https://`; a WebSocket is an upgrade of it. */
  readonly signaling: string;
  /** Rules of addresses or names (`parsePeerRule`). */
  readonly media: readonly string[];
  /** The public origins by which apps know this upstream; where none is given, the origin of `signaling`. */
  readonly origins: readonly string[];
}

/** The range of dynamic ports (RFC 6335 §6), as RFC 8656 §7.2 advises for relayed addresses. */
export const RELAY_PORTS: { readonly min: number; readonly max: number } = { min: 49152, max: 65535 };

export const listenSchema: z.ZodType<ListenConfig> = z.strictObject({
  ip: ipAddress().default('0.0.0.0').describe('The local address to listen on; 0.0.0.0 is every IPv4 address.'),
  port: port().describe('The local port.'),
  transport: z
    .enum(['udp', 'tcp', 'mux'])
    .describe('udp and tcp: TURN. mux: HTTPS, WebSocket, TURN over TLS and TURN over TCP on one TCP port.'),
  proxyProtocolFrom: z
    .array(cidr())
    .exactOptional()
    .describe('Load balancers in front of tcp or mux that name the client by the PROXY protocol (v1 or v2).'),
});

const relaySchema: z.ZodType<RelayConfig> = z.strictObject({
  ip: ipAddress().default('0.0.0.0').describe('The local address that relayed addresses are bound to.'),
  ipv6: ipAddress()
    .exactOptional()
    .describe('The local IPv6 address beside an IPv4 one: clients may then have relayed addresses of both families.'),
  minPort: port().min(1, 'must be at least 1').default(RELAY_PORTS.min).describe('The lowest relayed port.'),
  maxPort: port().min(1, 'must be at least 1').default(RELAY_PORTS.max).describe('The highest relayed port.'),
  ports: z.literal('dedicated').default('dedicated').describe('dedicated: each allocation has a port of its own.'),
  channels: z
    .enum(['wide', 'strict'])
    .default('wide')
    .describe('Channel numbers 0x4000-0x7FFF, which older clients use, or 0x4000-0x4FFF as RFC 8656 has it.'),
});

export const upstreamSchema: z.ZodType<UpstreamConfig> = z
  .strictObject({
    name: id().describe('Part of the gateway path, and what apps refer to.'),
    signaling: signalingUrl().describe('Where the gateway finds the signalling server: an http:// or https:// URL.'),
    media: z
      .array(peerRule())
      .default([])
      .describe('Its media servers: addresses, CIDR ranges or names, with ports if wanted: 10.0.0.0/24:5000-6000.'),
    origins: z
      .array(origin())
      .exactOptional()
      .describe('The public origins by which apps know it. Without them: the origin of signaling.'),
  })
  .transform(({ origins, ...upstream }) => ({ ...upstream, origins: origins ?? [new URL(upstream.signaling).origin] }));

/** The config file. `parseConfig` adds what one schema cannot say: rules across sections, positions, suggestions. */
export const configSchema: z.ZodType<Config> = z
  .strictObject({
    host: z
      .string()
      .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/, 'must be a host name without scheme, port or path')
      .exactOptional()
      .describe('The name that clients use. Without it they use the external address.'),
    externalIp: z
      .union([z.literal('auto'), ipAddress()], 'must be an IP address or "auto"')
      .default('auto')
      .describe('The address that clients and peers see. auto: found at the start.'),
    externalIpv6: ipAddress()
      .exactOptional()
      .describe('The IPv6 address that peers see of relay.ipv6. Without it: relay.ipv6 itself.'),
    dataDir: z.string().min(1, 'must not be empty').default('./data').describe('Where Pinhole keeps what it makes.'),
    realm: z
      .string()
      .regex(/^[\x20-\x21\x23-\x5b\x5d-\x7e]{1,127}$/, 'must be 1-127 printable ASCII characters without quotes')
      .default('pinhole')
      .describe('The realm of TURN authentication (RFC 8489 §14.9).'),
    listen: z
      .array(listenSchema)
      .min(1, 'must name at least one listener')
      .default([
        { ip: '0.0.0.0', port: 3478, transport: 'udp' },
        { ip: '0.0.0.0', port: 8443, transport: 'mux' },
      ])
      .describe('Where clients reach Pinhole.'),
    relay: relaySchema.prefault({}).describe('Where relayed transport addresses come from.'),
    limits: limitsSchema.prefault({}).describe('What clients and apps may take.'),
    tls: z
      .strictObject({
        cert: z.string().min(1, 'must not be empty').describe('PEM file: the certificate and its chain.'),
        key: z.string().min(1, 'must not be empty').describe('PEM file: the private key.'),
      })
      .exactOptional()
      .describe('The certificate. Without it Pinhole makes one for development.'),
    datapath: z.enum(['auto', 'portable']).default('auto').describe('What moves packets.'),
    peers: z
      .strictObject({
        deny: z
          .array(addressRule())
          .default([])
          .describe('Addresses or CIDR ranges, with ports if wanted, that no client reaches; wins over all.'),
        public: z
          .boolean()
          .default(false)
          .describe('Opens public unicast addresses as peers. Off: declared ones only.'),
      })
      .prefault({})
      .describe('Which peers clients may reach besides the upstreams.'),
    metrics: z
      .strictObject({
        ip: ipAddress().default('127.0.0.1').describe('The local address.'),
        port: port().default(9641).describe('The local port.'),
      })
      .prefault({})
      .describe('Where /metrics, /healthz and /readyz are served, by plain HTTP.'),
    alternateServer: serverAddress()
      .exactOptional()
      .describe('Where clients are sent while this server drains: 203.0.113.11:3478. Without it they are refused.'),
    log: logSchema.prefault({}).describe('What the log shows.'),
    demo: z
      .boolean()
      .default(false)
      .describe('Serves the demo page with a token of the app "demo". Not for production.'),
    apps: z.array(appSchema).default([]).describe('The tenants.'),
    upstreams: z.array(upstreamSchema).default([]).describe("The real-time services that apps' clients may reach."),
  })
  .meta({ title: 'Pinhole configuration' });
