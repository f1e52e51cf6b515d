import type { TransportAddress } from '../address.ts';
import { decodeChannelData, encodeChannelData, isChannelData } from '../channel-data.ts';
import type { Credential } from '../credentials/time-limited.ts';
import type { CryptoProvider } from '../crypto.ts';
import {
  ADDRESS_FAMILY_IPV6,
  type AttributeToEncode,
  attribute,
  ChannelNumber,
  Data,
  decodeStun,
  ErrorCode,
  encodeStun,
  integrityHash,
  Lifetime,
  METHOD_ALLOCATE,
  METHOD_CHANNEL_BIND,
  METHOD_CREATE_PERMISSION,
  METHOD_DATA,
  METHOD_REFRESH,
  METHOD_SEND,
  RequestedAddressFamily,
  RequestedTransport,
  readAttribute,
  STALE_NONCE,
  type StunMessage,
  TRANSACTION_ID_LENGTH,
  TRANSPORT_UDP,
  UNAUTHENTICATED,
  verifyIntegrity,
  XorMappedAddress,
  XorPeerAddress,
  XorRelayedAddress,
} from '../stun/index.ts';
import type { Millis } from '../time.ts';
import { type Challenge, readChallenge } from './challenge.ts';
import { RetransmissionTimer } from './transaction.ts';

export interface TurnClientOptions {
  /** Streams (TCP, TLS) need no retransmission, and padding after ChannelData. */
  readonly transport: 'datagram' | 'stream';
  readonly credential: Credential;
  readonly crypto: CryptoProvider;
}

/** What a client learns. Bytes are valid until the next input. */
export type TurnClientEvent =
  | {
      readonly event: 'allocated';
      readonly relayedAddress: TransportAddress;
      /** How the server sees the client. */
      readonly mappedAddress: TransportAddress | undefined;
      readonly lifetimeSeconds: number;
    }
  | { readonly event: 'refreshed'; readonly lifetimeSeconds: number }
  | { readonly event: 'permitted'; readonly peers: readonly TransportAddress[] }
  | { readonly event: 'channelBound'; readonly channelNumber: number; readonly peer: TransportAddress }
  | { readonly event: 'data'; readonly peer: TransportAddress; readonly bytes: Uint8Array }
  | {
      readonly event: 'failed';
      readonly request: ClientRequest['request'];
      /** The server's ERROR-CODE, or why there is none. */
      readonly cause: number | 'timeout' | 'badResponse';
      readonly reasonPhrase: string;
    };

type ClientRequest =
  | { readonly request: 'allocate'; readonly family: 4 | 6 }
  | { readonly request: 'refresh'; readonly lifetimeSeconds: number }
  | { readonly request: 'createPermission'; readonly peers: readonly TransportAddress[] }
  | { readonly request: 'channelBind'; readonly channelNumber: number; readonly peer: TransportAddress };

interface Transaction {
  readonly request: ClientRequest;
  readonly bytes: Uint8Array;
  readonly timer: RetransmissionTimer;
  /** The nonce that it was made with: a second challenge over the same one is a refusal. */
  readonly nonce: string | undefined;
}

/**
 * A TURN client without I/O (RFC 8656 §7-§12): what the SDK probes with where there is no browser, and what the server
 * is tested with. The caller keeps the allocation alive by `refresh` before its lifetime ends.
 *
 * After every input take transmits and events until there are none.
 */
export class TurnClient {
  readonly #options: TurnClientOptions;
  readonly #transactions = new Map<string, Transaction>();
  readonly #channels = new Map<number, TransportAddress>();
  readonly #transmits: Uint8Array[] = [];
  readonly #events: TurnClientEvent[] = [];
  #challenge: Challenge | undefined;

  constructor(options: TurnClientOptions) {
    this.#options = options;
  }

  allocate(now: Millis, family: 4 | 6 = 4): void {
    this.#request(now, { request: 'allocate', family });
  }

  /** Zero ends the allocation. */
  refresh(now: Millis, lifetimeSeconds: number): void {
    this.#request(now, { request: 'refresh', lifetimeSeconds });
  }

  createPermission(now: Millis, peers: readonly TransportAddress[]): void {
    this.#request(now, { request: 'createPermission', peers });
  }

  bindChannel(now: Millis, channelNumber: number, peer: TransportAddress): void {
    this.#request(now, { request: 'channelBind', channelNumber, peer });
  }

  /** Sends by a Send indication; the peer needs a permission. */
  sendIndication(peer: TransportAddress, bytes: Uint8Array): void {
    this.#transmits.push(
      encodeStun({
        messageClass: 'indication',
        method: METHOD_SEND,
        transactionId: this.#options.crypto.randomBytes(TRANSACTION_ID_LENGTH),
        attributes: [attribute(XorPeerAddress, peer), attribute(Data, bytes)],
      }),
    );
  }

  /** Sends over a bound channel. */
  sendChannelData(channelNumber: number, bytes: Uint8Array): void {
    this.#transmits.push(encodeChannelData(channelNumber, bytes, { padded: this.#options.transport === 'stream' }));
  }

  /** One datagram, or one frame of a stream, from the server. What does not belong to us is ignored. */
  handleMessage(now: Millis, bytes: Uint8Array): void {
    if (isChannelData(bytes)) return this.#handleChannelData(bytes);
    const decoded = decodeStun(bytes);
    if (!decoded.ok) return;
    const { message } = decoded;
    if (message.messageClass === 'indication') return this.#handleDataIndication(message);
    const id = hex(message.transactionId);
    const transaction = this.#transactions.get(id);
    if (transaction === undefined || message.messageClass === 'request') return;
    if (message.messageClass === 'error') {
      this.#transactions.delete(id);
      return this.#handleError(now, transaction, message);
    }
    // Only the server knows the key: an answer without its integrity is somebody else's (RFC 8489 §9.2.5).
    if (!this.#isProven(message)) return;
    this.#transactions.delete(id);
    this.#handleSuccess(transaction, message);
  }

  handleTimeout(now: Millis): void {
    for (const [id, { timer, bytes, request }] of this.#transactions) {
      if (timer.deadline > now) continue;
      if (timer.expire(now) === 'retransmit') {
        this.#transmits.push(bytes);
      } else {
        this.#transactions.delete(id);
        this.#fail(request, 'timeout', 'no answer');
      }
    }
  }

  pollTimeout(): Millis | undefined {
    let next: Millis | undefined;
    for (const { timer } of this.#transactions.values()) {
      if (next === undefined || timer.deadline < next) next = timer.deadline;
    }
    return next;
  }

  pollTransmit(): Uint8Array | undefined {
    return this.#transmits.shift();
  }

  pollEvent(): TurnClientEvent | undefined {
    return this.#events.shift();
  }

  #request(now: Millis, request: ClientRequest): void {
    const transactionId = this.#options.crypto.randomBytes(TRANSACTION_ID_LENGTH);
    const { method, attributes } = describe(request);
    const challenge = this.#challenge;
    const { crypto, transport } = this.#options;
    const bytes = encodeStun({
      messageClass: 'request',
      method,
      transactionId,
      attributes: challenge === undefined ? attributes : [...attributes, ...challenge.proof],
      ...(challenge === undefined ? {} : { integrity: { ...challenge.integrity, crypto } }),
      fingerprint: true,
    });
    const timer = new RetransmissionTimer(now, transport === 'stream');
    this.#transactions.set(hex(transactionId), { request, bytes, timer, nonce: challenge?.nonce });
    this.#transmits.push(bytes);
  }

  #handleError(now: Millis, { request, nonce: usedNonce }: Transaction, message: StunMessage): void {
    const error = readAttribute(message, ErrorCode);
    if (error === undefined) return this.#fail(request, 'badResponse', 'an error response without ERROR-CODE');
    const { credential, crypto } = this.#options;
    const challenge = readChallenge(message, credential, crypto);
    const isChallenge =
      (error.code === UNAUTHENTICATED.code && usedNonce === undefined) || error.code === STALE_NONCE.code;
    if (!isChallenge || challenge === undefined || challenge.nonce === usedNonce) {
      return this.#fail(request, error.code, error.reasonPhrase);
    }
    this.#challenge = challenge;
    this.#request(now, request);
  }

  /** By the same attribute that proved our request: a weaker one would be somebody's bid-down. */
  #isProven(message: StunMessage): boolean {
    const integrity = this.#challenge?.integrity;
    if (integrity === undefined || integrityHash(message) !== integrity.hash) return false;
    return verifyIntegrity(message, integrity.key, this.#options.crypto);
  }

  #handleSuccess({ request }: Transaction, message: StunMessage): void {
    switch (request.request) {
      case 'allocate':
        return this.#handleAllocated(request, message);
      case 'refresh': {
        const lifetimeSeconds = readAttribute(message, Lifetime) ?? request.lifetimeSeconds;
        this.#events.push({ event: 'refreshed', lifetimeSeconds });
        return;
      }
      case 'createPermission':
        this.#events.push({ event: 'permitted', peers: request.peers });
        return;
      case 'channelBind':
        this.#channels.set(request.channelNumber, request.peer);
        this.#events.push({ event: 'channelBound', channelNumber: request.channelNumber, peer: request.peer });
    }
  }

  #handleAllocated(request: ClientRequest, message: StunMessage): void {
    const relayedAddress = readAttribute(message, XorRelayedAddress);
    const lifetimeSeconds = readAttribute(message, Lifetime);
    if (relayedAddress === undefined || lifetimeSeconds === undefined) {
      return this.#fail(request, 'badResponse', 'an answer without XOR-RELAYED-ADDRESS or LIFETIME');
    }
    const mappedAddress = readAttribute(message, XorMappedAddress);
    this.#events.push({ event: 'allocated', relayedAddress, mappedAddress, lifetimeSeconds });
  }

  #handleDataIndication(message: StunMessage): void {
    const peer = readAttribute(message, XorPeerAddress);
    const bytes = readAttribute(message, Data);
    if (message.method !== METHOD_DATA || peer === undefined || bytes === undefined) return;
    this.#events.push({ event: 'data', peer, bytes });
  }

  #handleChannelData(bytes: Uint8Array): void {
    const decoded = decodeChannelData(bytes);
    const peer = decoded === undefined ? undefined : this.#channels.get(decoded.channelNumber);
    if (decoded === undefined || peer === undefined) return;
    this.#events.push({ event: 'data', peer, bytes: decoded.data });
  }

  #fail(request: ClientRequest, cause: number | 'timeout' | 'badResponse', reasonPhrase: string): void {
    this.#events.push({ event: 'failed', request: request.request, cause, reasonPhrase });
  }
}

function describe(request: ClientRequest): { method: number; attributes: AttributeToEncode[] } {
  switch (request.request) {
    case 'allocate': {
      const family = request.family === 6 ? [attribute(RequestedAddressFamily, ADDRESS_FAMILY_IPV6)] : [];
      return { method: METHOD_ALLOCATE, attributes: [attribute(RequestedTransport, TRANSPORT_UDP), ...family] };
    }
    case 'refresh':
      return { method: METHOD_REFRESH, attributes: [attribute(Lifetime, request.lifetimeSeconds)] };
    case 'createPermission':
      return {
        method: METHOD_CREATE_PERMISSION,
        attributes: request.peers.map((peer) => attribute(XorPeerAddress, peer)),
      };
    case 'channelBind':
      return {
        method: METHOD_CHANNEL_BIND,
        attributes: [attribute(ChannelNumber, request.channelNumber), attribute(XorPeerAddress, request.peer)],
      };
  }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
