// The rules of RFC 8656 once more, as short as they can be said: lists that are searched, nothing shared with the server.

export interface ModelUser {
  readonly name: string;
  readonly app: string;
  /** Seconds since 1970. */
  readonly expiresAt: number;
}

export interface ModelPeer {
  readonly family: 4 | 6;
  readonly ip: string;
  readonly port: number;
}

interface ModelAllocation {
  readonly client: number;
  readonly user: ModelUser;
  end: number;
  permissions: { ip: string; end: number }[];
  channels: { channelNumber: number; peer: ModelPeer; end: number }[];
}

export const MODEL_LIMITS = { perUser: 2, perApp: 3, inAll: 3, permissions: 3, channels: 3 };

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** What a client is told: nothing but that it worked, or the code. Lifetimes are told in seconds. */
export type ModelAnswer =
  | { readonly ok: true; readonly lifetime?: number }
  | { readonly ok: false; readonly code: number };

const OK: ModelAnswer = { ok: true };

export class ModelServer {
  millis = 0;
  unix: number;
  denied: readonly string[] = [];
  allocations: ModelAllocation[] = [];

  constructor(unix: number) {
    this.unix = unix;
  }

  pass(millis: number): void {
    this.millis += millis;
    this.unix += Math.floor(millis / SECOND);
    this.allocations = this.allocations.filter(({ end }) => end > this.millis);
  }

  /** Changed rules hold for what there is already. */
  reload(denied: readonly string[]): void {
    this.denied = denied;
    for (const allocation of this.allocations) {
      allocation.permissions = allocation.permissions.filter(({ ip }) => !denied.includes(ip));
      for (const channel of allocation.channels) {
        if (denied.includes(channel.peer.ip)) channel.end = Math.min(channel.end, this.millis);
      }
    }
  }

  gone(client: number): void {
    this.allocations = this.allocations.filter((allocation) => allocation.client !== client);
  }

  allocate(client: number, user: ModelUser): ModelAnswer {
    if (!this.#mayBegin(client, user)) return no(401);
    if (this.of(client) !== undefined) return no(437);
    const ofApp = this.allocations.filter((allocation) => allocation.user.app === user.app);
    const ofUser = ofApp.filter((allocation) => allocation.user.name === user.name);
    if (ofUser.length >= MODEL_LIMITS.perUser || ofApp.length >= MODEL_LIMITS.perApp) return no(486);
    if (this.allocations.length >= MODEL_LIMITS.inAll) return no(508);
    this.allocations.push({ client, user, end: this.millis + 10 * MINUTE, permissions: [], channels: [] });
    return { ok: true, lifetime: 600 };
  }

  refresh(client: number, user: ModelUser, seconds: number): ModelAnswer {
    return this.#own(client, user, (allocation) => {
      if (seconds === 0) {
        this.gone(client);
        return { ok: true, lifetime: 0 };
      }
      const lifetime = seconds < 600 ? 600 : seconds > 3600 ? 3600 : seconds;
      allocation.end = this.millis + lifetime * SECOND;
      return { ok: true, lifetime };
    });
  }

  createPermission(client: number, user: ModelUser, peers: readonly ModelPeer[]): ModelAnswer {
    return this.#own(client, user, (allocation) => {
      if (peers.length === 0) return no(400);
      if (peers.some(({ family }) => family !== 4)) return no(443);
      if (peers.some(({ ip }) => this.denied.includes(ip))) return no(403);
      if (!this.#hasRoom(allocation, peers)) return no(508);
      for (const { ip } of peers) this.#permit(allocation, ip);
      return OK;
    });
  }

  bindChannel(client: number, user: ModelUser, channelNumber: number, peer: ModelPeer): ModelAnswer {
    return this.#own(client, user, (allocation) => {
      if (channelNumber < 0x4000 || channelNumber > 0x7fff) return no(400);
      if (peer.family !== 4) return no(443);
      // A number, and a peer, stay taken for five minutes after the channel's end.
      const taken = allocation.channels.filter(({ end }) => end + 5 * MINUTE > this.millis);
      const same = taken.find((channel) => channel.channelNumber === channelNumber && isSame(channel.peer, peer));
      const clash = taken.some((channel) => channel.channelNumber === channelNumber || isSame(channel.peer, peer));
      if (clash && same === undefined) return no(400);
      if (this.denied.includes(peer.ip)) return no(403);
      if (same === undefined && taken.length >= MODEL_LIMITS.channels) return no(508);
      if (!this.#hasRoom(allocation, [peer])) return no(508);
      this.#permit(allocation, peer.ip);
      const others = taken.filter((channel) => channel !== same);
      allocation.channels = [...others, { channelNumber, peer, end: this.millis + 10 * MINUTE }];
      return OK;
    });
  }

  /** Whether data may pass between this client and this peer, in either direction. */
  mayExchange(client: number, peer: ModelPeer): boolean {
    const permissions = this.of(client)?.permissions ?? [];
    const isPermitted = permissions.some(({ ip, end }) => ip === peer.ip && end > this.millis);
    return isPermitted && !this.denied.includes(peer.ip);
  }

  of(client: number): ModelAllocation | undefined {
    return this.allocations.find((allocation) => allocation.client === client);
  }

  #own(client: number, user: ModelUser, then: (allocation: ModelAllocation) => ModelAnswer): ModelAnswer {
    const allocation = this.of(client);
    if (allocation === undefined) return no(437);
    return allocation.user === user ? then(allocation) : no(441);
  }

  /** An expired credential begins nothing, and goes on with what there is. */
  #mayBegin(client: number, user: ModelUser): boolean {
    return user.expiresAt > this.unix || this.of(client) !== undefined;
  }

  #hasRoom(allocation: ModelAllocation, peers: readonly ModelPeer[]): boolean {
    allocation.permissions = allocation.permissions.filter(({ end }) => end > this.millis);
    const ips = [...allocation.permissions.map(({ ip }) => ip), ...peers.map(({ ip }) => ip)];
    return new Set(ips).size <= MODEL_LIMITS.permissions;
  }

  #permit(allocation: ModelAllocation, ip: string): void {
    const others = allocation.permissions.filter((permission) => permission.ip !== ip);
    allocation.permissions = [...others, { ip, end: this.millis + 5 * MINUTE }];
  }
}

function no(code: number): ModelAnswer {
  return { ok: false, code };
}

function isSame(left: ModelPeer, right: ModelPeer): boolean {
  return left.ip === right.ip && left.port === right.port;
}
