import assert from 'node:assert/strict';
import type { AddressFamily, TransportAddress } from '../address.ts';
import { type Credential, mintCredential, parseTimeLimitedUsername, passwordFor } from '../credentials/time-limited.ts';
import type { FiveTuple } from '../five-tuple.ts';
import { nodeCrypto } from '../node-crypto.ts';
import type { Instant } from '../time.ts';
import { TurnClient, type TurnClientEvent } from '../turn-client/turn-client.ts';
import type { RelayPortChoice, TurnServerAction } from './actions.ts';
import type { Draining } from './draining.ts';
import { type AllocationLimits, DEFAULT_LIMITS } from './limits.ts';
import type { ExpiryPolicy, PeerQuestion, PeerVerdict, TurnServerOptions } from './options.ts';
import type { RelayResult } from './relay-result.ts';
import type { Revocation } from './revocations.ts';
import { type RevocationOutcome, TurnServer } from './turn-server.ts';

export const START_UNIX = 1_800_000_000;
export const CLIENT: TransportAddress = { family: 4, ip: '10.0.0.7', port: 40_000 };
export const SERVER: TransportAddress = { family: 4, ip: '203.0.113.10', port: 3478 };
export const SERVER_IPV6 = '2001:db8::10';
export const PEER: TransportAddress = { family: 4, ip: '198.51.100.10', port: 5000 };

const APP_KEYS: Readonly<Record<string, string>> = {
  'demo.1': 'the demo key',
  'demo.2': 'the next demo key',
  'other.1': 'the other key',
};

export function credentialFor(appId = 'demo', expiresIn = 86_400, user?: string, nonce = 'n', kid = '1'): Credential {
  const options = {
    appId,
    kid,
    nonce,
    ...(user === undefined ? {} : { user }),
    key: APP_KEYS[`${appId}.${kid}`] ?? 'no such key',
  };
  return mintCredential({ ...options, expiresAt: START_UNIX + expiresIn }, nodeCrypto);
}

type OpenRelay = Extract<TurnServerAction, { action: 'openRelay' }>;

/** A server and any number of clients joined without a network, on a clock that moves when told. */
export class Pair {
  readonly server: TurnServer;
  /** Everything the server did apart from answers, in order. */
  readonly log: TurnServerAction[] = [];
  now: Instant = { monotonic: 0, unix: START_UNIX };
  expiry: ExpiryPolicy = 'new-only';
  /** Wrong ones that each username may stand for too, before the right one. */
  decoys = 0;
  /** By which the clients come from now on. */
  transport: FiveTuple['transport'] = 'udp';
  relayResult: RelayResult | 'pending' | undefined;
  limits: AllocationLimits = DEFAULT_LIMITS;
  draining: Draining | undefined;
  verdict: (question: PeerQuestion) => PeerVerdict = () => ({ allowed: true });
  readonly removedApps: Set<string> = new Set();
  #nextRelayPort = 50_000;
  readonly #clients = new Map<string, TurnClient>();
  readonly #sent: { fiveTuple: FiveTuple; bytes: Uint8Array }[] = [];

  constructor(
    options: Pick<TurnServerOptions, 'channelNumbers' | 'mobility' | 'strangerRate' | 'newcomerRate' | 'tcpRelay'> = {},
  ) {
    this.server = new TurnServer({
      realm: 'pinhole',
      crypto: nodeCrypto,
      nonceKey: new Uint8Array(32).fill(9),
      findCredentials: (username) => {
        const parsed = parseTimeLimitedUsername(username);
        const key = parsed && APP_KEYS[`${parsed.appId}.${parsed.kid}`];
        if (parsed === undefined || key === undefined) return [];
        if (this.removedApps.has(parsed.appId)) return [];
        const credential = { ...parsed, password: passwordFor(username, key, nodeCrypto), expiry: this.expiry };
        const decoys = Array.from({ length: this.decoys }, () => ({ ...credential, password: 'of another app' }));
        return [...decoys, credential];
      },
      judgePeer: (question) => this.verdict(question),
      draining: () => this.draining,
      limits: () => this.limits,
      ...options,
    });
  }

  advance(millis: number): void {
    this.now = { monotonic: this.now.monotonic + millis, unix: this.now.unix + Math.floor(millis / 1000) };
    this.server.handleTimeout(this.now);
    this.#drain();
  }

  fiveTuple(clientAddress: TransportAddress = CLIENT): FiveTuple {
    return { transport: this.transport, clientAddress, serverAddress: SERVER };
  }

  client(credential: Credential = credentialFor(), address: TransportAddress = CLIENT): TurnClient {
    const client = new TurnClient({ transport: 'datagram', credential, crypto: nodeCrypto });
    this.#clients.set(`${address.ip}:${address.port}`, client);
    return client;
  }

  /** Carries everything back and forth until nobody has more to say, and gives what the client learned. */
  run(client: TurnClient, address: TransportAddress = CLIENT): TurnClientEvent[] {
    const events: TurnClientEvent[] = [];
    for (let round = 0; round < 20; round++) {
      let moved = false;
      for (let bytes = client.pollTransmit(); bytes !== undefined; bytes = client.pollTransmit()) {
        moved = true;
        this.send(bytes, address);
      }
      for (const { bytes } of this.takeSent(address)) {
        moved = true;
        client.handleMessage(this.now.monotonic, bytes);
      }
      for (let event = client.pollEvent(); event !== undefined; event = client.pollEvent()) events.push(event);
      if (!moved) return events;
    }
    assert.fail('client and server talk without end');
  }

  /** Gives a message to the server as if it came from the address. */
  send(bytes: Uint8Array, address: TransportAddress = CLIENT): void {
    this.server.handleMessage(this.now, this.fiveTuple(address), bytes);
    this.#drain();
  }

  peerSends(allocation: number, peer: TransportAddress, bytes: Uint8Array): void {
    this.server.handlePeerDatagram(this.now, allocation, peer, bytes);
    this.#drain();
  }

  finishConnect(allocation: number, peer: TransportAddress, isConnected: boolean): void {
    this.server.handleConnectResult(this.now, allocation, peer, isConnected);
    this.#drain();
  }

  peerConnects(allocation: number, peer: TransportAddress): void {
    this.server.handlePeerConnected(this.now, allocation, peer);
    this.#drain();
  }

  finishRelay(allocation: number, result: RelayResult): void {
    this.server.handleRelayResult(this.now, allocation, result);
    this.#drain();
  }

  rejudge(): void {
    this.server.rejudge(this.now);
    this.#drain();
  }

  revoke(revocation: Revocation): RevocationOutcome {
    const outcome = this.server.revoke(this.now, revocation);
    this.#drain();
    return outcome;
  }

  clientGone(address: TransportAddress = CLIENT): void {
    this.server.handleClientGone(this.fiveTuple(address));
    this.#drain();
  }

  /** What the server sent to the address since the last call. */
  takeSent(address: TransportAddress = CLIENT): { bytes: Uint8Array }[] {
    const mine = this.#sent.filter(({ fiveTuple }) => fiveTuple.clientAddress.port === address.port);
    for (const message of mine) this.#sent.splice(this.#sent.indexOf(message), 1);
    return mine;
  }

  actions<A extends TurnServerAction['action']>(action: A): Extract<TurnServerAction, { action: A }>[] {
    return this.log.filter((entry): entry is Extract<TurnServerAction, { action: A }> => entry.action === action);
  }

  #drain(): void {
    const opening: OpenRelay[] = [];
    for (let action = this.server.pollAction(); action !== undefined; action = this.server.pollAction()) {
      if (action.action === 'sendToClient') this.#sent.push(action);
      else this.log.push(action);
      if (action.action === 'openRelay') opening.push(action);
    }
    if (this.relayResult === 'pending') return;
    for (const { allocation, ...wish } of opening)
      this.finishRelay(allocation, this.relayResult ?? this.#openRelay(wish));
  }

  #openRelay({ family, additionalFamily, port }: Omit<OpenRelay, 'allocation'>): RelayResult {
    const first = this.#relayedAddress(family, port);
    if (port === 'evenAndNext') this.#nextRelayPort += 1;
    const result = { outcome: 'opened', relayedAddress: first } as const;
    if (additionalFamily === undefined) return result;
    const relayedAddress = this.#relayedAddress(additionalFamily, port);
    return { ...result, additional: { outcome: 'opened', relayedAddress } };
  }

  #relayedAddress(family: AddressFamily, port: RelayPortChoice): TransportAddress {
    if (port !== 'any' && this.#nextRelayPort % 2 === 1) this.#nextRelayPort += 1;
    return { family, ip: family === 4 ? SERVER.ip : SERVER_IPV6, port: this.#nextRelayPort++ };
  }
}
