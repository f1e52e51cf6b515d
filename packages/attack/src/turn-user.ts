import {
  type AttributeToEncode,
  attribute,
  ChannelNumber,
  type Credential,
  Data,
  Lifetime,
  longTermKey,
  METHOD_ALLOCATE,
  METHOD_CHANNEL_BIND,
  METHOD_CREATE_PERMISSION,
  METHOD_REFRESH,
  METHOD_SEND,
  Nonce,
  Realm,
  RequestedTransport,
  Software,
  TRANSPORT_UDP,
  type TransportAddress,
  Username,
  XorPeerAddress,
  XorRelayedAddress,
} from '@pinhole/protocol';
import { nodeCrypto } from '@pinhole/protocol/node-crypto';
import { type Answer, inAWord } from './answer.ts';
import { ask, type Link, newTransactionId } from './link.ts';
import { type Part, packet } from './packet.ts';
import type { Target } from './target.ts';
import { UdpLink } from './udp-link.ts';

export const UDP: AttributeToEncode = attribute(RequestedTransport, TRANSPORT_UDP);
/** Makes the first request larger than its answer: a server that budgets answers to strangers need not count this one. */
const PADDING = attribute(Software, 'pinhole-attack '.repeat(8));
const STALE_NONCE = 438;

/** What a server says to a client that has not proven anything. */
export async function challenge(link: Link, parts: readonly Part[] = [UDP, PADDING]): Promise<Answer | undefined> {
  return await ask(link, packet({ method: METHOD_ALLOCATE, transactionId: newTransactionId(), parts }));
}

/** A user with a credential who knows the protocol, so that a check can break one rule at a time. */
export class TurnUser implements AsyncDisposable {
  readonly link: Link;
  readonly credential: Credential;
  readonly realm: string;
  nonce: string;
  /** Set by `allocate`. */
  relayed: TransportAddress | undefined;

  private constructor(link: Link, credential: Credential, realm: string, nonce: string) {
    this.link = link;
    this.credential = credential;
    this.realm = realm;
    this.nonce = nonce;
  }

  static async enter(link: Link, credential: Credential): Promise<TurnUser> {
    const answer = await challenge(link);
    const realm = answer?.get(Realm);
    const nonce = answer?.get(Nonce);
    if (realm === undefined || nonce === undefined) throw new Error(`no realm and nonce: ${inAWord(answer)}`);
    return new TurnUser(link, credential, realm, nonce);
  }

  /** Another user on the same link, with the same nonce: a five-tuple can change hands. */
  as(credential: Credential): TurnUser {
    return new TurnUser(this.link, credential, this.realm, this.nonce);
  }

  get key(): Uint8Array {
    return longTermKey(this.credential, this.realm, nodeCrypto);
  }

  get proof(): AttributeToEncode[] {
    const { username } = this.credential;
    return [attribute(Username, username), attribute(Realm, this.realm), attribute(Nonce, this.nonce)];
  }

  /** A request with everything that authenticates it; `after` follows the integrity. */
  build(method: number, parts: readonly Part[], after: readonly Part[] = [{ fingerprint: 'right' }]): Buffer {
    const all = [...parts, ...this.proof, { integrityKey: this.key }, ...after];
    return packet({ method, transactionId: newTransactionId(), parts: all });
  }

  async request(method: number, parts: readonly Part[], after?: readonly Part[]): Promise<Answer | undefined> {
    const answer = await ask(this.link, this.build(method, parts, after));
    const renewed = answer?.errorCode === STALE_NONCE ? answer.get(Nonce) : undefined;
    if (renewed === undefined || renewed === this.nonce) return answer;
    this.nonce = renewed;
    return ask(this.link, this.build(method, parts, after));
  }

  async allocate(parts: readonly Part[] = [UDP]): Promise<Answer | undefined> {
    const answer = await this.request(METHOD_ALLOCATE, parts);
    if (answer?.isSuccess === true) this.relayed = answer.get(XorRelayedAddress);
    return answer;
  }

  async refresh(...parts: readonly Part[]): Promise<Answer | undefined> {
    return this.request(METHOD_REFRESH, parts);
  }

  async permit(...peers: readonly TransportAddress[]): Promise<Answer | undefined> {
    return this.request(
      METHOD_CREATE_PERMISSION,
      peers.map((peer) => attribute(XorPeerAddress, peer)),
    );
  }

  async bind(channelNumber: number, ...peers: readonly TransportAddress[]): Promise<Answer | undefined> {
    const parts = [attribute(ChannelNumber, channelNumber), ...peers.map((peer) => attribute(XorPeerAddress, peer))];
    return this.request(METHOD_CHANNEL_BIND, parts);
  }

  /** A Send indication; with several peers, one that breaks a rule. */
  sendTo(data: string | Uint8Array, ...peers: readonly TransportAddress[]): void {
    const parts = [
      ...peers.map((peer) => attribute(XorPeerAddress, peer)),
      attribute(Data, Buffer.from(data as string)),
    ];
    const transactionId = newTransactionId();
    this.link.send(packet({ messageClass: 'indication', method: METHOD_SEND, transactionId, parts }));
  }

  /** Gives the allocation back, so that one check does not use up another's quota, and closes the link. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.relayed !== undefined && !this.link.isClosed) await this.refresh(attribute(Lifetime, 0));
    await this.link[Symbol.asyncDispose]();
  }
}

export interface UserOptions {
  /** UDP where none is given. */
  readonly link?: Link;
  readonly credential?: Credential;
}

/** A user who has passed the challenge. Throws, and closes the link, where there is none to pass. */
export async function enter(target: Target, { link, credential }: UserOptions = {}): Promise<TurnUser> {
  const way = link ?? (await UdpLink.open(target.udp));
  try {
    return await TurnUser.enter(way, credential ?? target.credentials.first);
  } catch (cause) {
    await way[Symbol.asyncDispose]();
    throw cause;
  }
}

export type AllocatedUser = TurnUser & { readonly relayed: TransportAddress };

/** A user with an allocation. Throws where the server gives none: then there is nothing to ask it. */
export async function enterAndAllocate(target: Target, options?: UserOptions, parts?: Part[]): Promise<AllocatedUser> {
  const user = await enter(target, options);
  const answer = await user.allocate(parts);
  if (hasRelay(user)) return user;
  await user[Symbol.asyncDispose]();
  throw new Error(`Allocate: ${inAWord(answer)}`);
}

function hasRelay(user: TurnUser): user is AllocatedUser {
  return user.relayed !== undefined;
}
