import type { AddressFamily, Millis, TransportAddress } from '@pinhole/protocol';

/** One channel binding. */
export interface ChannelRule {
  readonly channelNumber: number;
  readonly peer: TransportAddress;
  readonly deadline: Millis;
}

/** What is known of one peer address; channels are by port, the permission covers all ports (RFC 8656 §9). */
interface PeerRules {
  permissionDeadline: Millis;
  readonly channels: Map<number, ChannelRule>;
}

const NEVER: Millis = Number.NEGATIVE_INFINITY;

/**
 * The permissions and channel bindings of one relay. Lookups are by IP and then port, not by a joined text: they happen
 * for each packet. A rule whose deadline is over matches nothing, and goes when it is met.
 */
export class RelayRules {
  readonly #channels = new Map<number, ChannelRule>();
  readonly #peers = new Map<string, PeerRules>();

  installPermission(peerIp: string, deadline: Millis): void {
    this.#peerRules(peerIp).permissionDeadline = deadline;
  }

  removePermission(peerIp: string): void {
    const peer = this.#peers.get(peerIp);
    if (peer === undefined) return;
    peer.permissionDeadline = NEVER;
    this.#forgetIfEmpty(peerIp, peer);
  }

  installChannel(rule: ChannelRule): void {
    this.removeChannel(rule.channelNumber);
    this.#channels.set(rule.channelNumber, rule);
    this.#peerRules(rule.peer.ip).channels.set(rule.peer.port, rule);
  }

  removeChannel(channelNumber: number): void {
    const rule = this.#channels.get(channelNumber);
    if (rule === undefined) return;
    this.#channels.delete(channelNumber);
    const peer = this.#peers.get(rule.peer.ip);
    if (peer?.channels.get(rule.peer.port) !== rule) return;
    peer.channels.delete(rule.peer.port);
    this.#forgetIfEmpty(rule.peer.ip, peer);
  }

  removeFamily(family: AddressFamily): void {
    for (const { channelNumber, peer } of this.#channels.values()) {
      if (peer.family === family) this.removeChannel(channelNumber);
    }
    for (const ip of this.#peers.keys()) if (ip.includes(':') === (family === 6)) this.removePermission(ip);
  }

  channelByNumber(channelNumber: number, now: Millis): ChannelRule | undefined {
    return this.#live(this.#channels.get(channelNumber), now);
  }

  channelByPeer(ip: string, port: number, now: Millis): ChannelRule | undefined {
    return this.#live(this.#peers.get(ip)?.channels.get(port), now);
  }

  isPermitted(peerIp: string, now: Millis): boolean {
    const peer = this.#peers.get(peerIp);
    if (peer === undefined) return false;
    if (peer.permissionDeadline > now) return true;
    this.removePermission(peerIp);
    return false;
  }

  #live(rule: ChannelRule | undefined, now: Millis): ChannelRule | undefined {
    if (rule === undefined || rule.deadline > now) return rule;
    this.removeChannel(rule.channelNumber);
    return undefined;
  }

  #peerRules(ip: string): PeerRules {
    const known = this.#peers.get(ip);
    if (known !== undefined) return known;
    const peer: PeerRules = { permissionDeadline: NEVER, channels: new Map() };
    this.#peers.set(ip, peer);
    return peer;
  }

  #forgetIfEmpty(ip: string, peer: PeerRules): void {
    if (peer.permissionDeadline === NEVER && peer.channels.size === 0) this.#peers.delete(ip);
  }
}
