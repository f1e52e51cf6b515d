import { z } from 'zod';

/** What a client may send with `POST /v1/proxy/session`. */
export interface ProxySessionRequest {
  /** Where given, it must be the token's app: catches a token that was taken from another app's settings. */
  readonly app?: string;
}

/** What control grants to one client: the body of the 201 answer to `POST /v1/proxy/session`. */
export interface ProxySession {
  readonly sessionId: string;
  readonly mode: 'standard';
  /** Unix seconds. Credentials and tickets end then. */
  readonly expiresAt: number;
  /** At least one. The first is the one to use unless the client measures. */
  readonly regions: readonly ProxyRegion[];
  /** What the app's clients may reach. */
  readonly upstreams: readonly ProxyUpstream[];
  readonly allowlistVersion: string;
}

export interface ProxyRegion {
  readonly id: string;
  readonly iceServers: readonly IceServer[];
  readonly gateway: {
    /** `/g/<ticket>`, to be resolved against the server URL that the client used. */
    readonly base: string;
  };
}

/** As `RTCIceServer`, with everything there. URLs: `turn:H:P?transport=udp`, then TCP, then `turns:`. */
export interface IceServer {
  readonly urls: readonly string[];
  readonly username: string;
  readonly credential: string;
}

export interface ProxyUpstream {
  readonly name: string;
  /** The origins by which apps know it: `https://sfu.example.com`, also for `wss:`. */
  readonly origins: readonly string[];
}

export const proxySessionRequestSchema: z.ZodType<ProxySessionRequest> = z.object({
  app: z.string().max(64).exactOptional(),
});

export const proxySessionSchema: z.ZodType<ProxySession> = z.object({
  sessionId: z.string().min(1),
  mode: z.literal('standard'),
  expiresAt: z.number().int(),
  regions: z
    .array(
      z.object({
        id: z.string().min(1),
        iceServers: z.array(z.object({ urls: z.array(z.string()), username: z.string(), credential: z.string() })),
        gateway: z.object({ base: z.string().startsWith('/g/') }),
      }),
    )
    .min(1),
  upstreams: z.array(z.object({ name: z.string(), origins: z.array(z.string()) })),
  allowlistVersion: z.string().min(1),
});
