import assert from 'node:assert/strict';
import {
  type AttributeToEncode,
  attribute,
  type CryptoProvider,
  decodeStun,
  ErrorCode,
  encodeStun,
  fiveTupleKey,
  METHOD_ALLOCATE,
  METHOD_BINDING,
  METHOD_CHANNEL_BIND,
  METHOD_CREATE_PERMISSION,
  METHOD_REFRESH,
  MobilityTicket,
  Nonce,
  Realm,
  type RelayResult,
  readAttribute,
  TurnServer,
  type TurnServerAction,
  Username,
} from '@pinhole/protocol';
import { nodeCrypto } from '@pinhole/protocol/node-crypto';
import { HINT } from '../../target.ts';
import { CLIENTS, isDeniedPeer, keysOf, LIMITS, PEERS, REALM, RELAY_IP, START_UNIX, USERS } from './cast.ts';
import type { Step } from './program.ts';
import { type Cause, Rules } from './rules.ts';

const METHODS: readonly number[] = [
  METHOD_ALLOCATE,
  METHOD_REFRESH,
  METHOD_CREATE_PERMISSION,
  METHOD_CHANNEL_BIND,
  METHOD_BINDING,
];
/** A step of the clock; the last one only is longer than any lifetime. */
const TIME_STEPS: readonly number[] = [1, 1000, 60_000, 299_999, 1, 300_000, 600_000, 3_600_000];
const LONGER_THAN_ANYTHING = 100_000_000;

/** A server, and all that is around it, made anew for each input. */
export class ServerBench {
  readonly happened: Set<string> = new Set();
  readonly #rules = new Rules();
  readonly #server: TurnServer;
  readonly #nonces = new Map<string, string>();
  /** Tickets of RFC 8016, which no program could guess. */
  readonly #tickets: Uint8Array[] = [];
  readonly #opening: number[] = [];
  readonly #open: number[] = [];
  #now = 0;
  #nextPort = 50_000;
  #nextId = 0;
  #lastEvent = '';

  constructor() {
    this.#server = new TurnServer({
      realm: REALM,
      crypto: this.#crypto(),
      nonceKey: new Uint8Array(32).fill(9),
      limits: () => LIMITS,
      mobility: true,
      findCredentials: (username) => USERS.filter((user) => user.isKnown && user.username === username),
      judgePeer: ({ peer }) => (isDeniedPeer(peer.ip) ? { allowed: false, rule: 'bench' } : { allowed: true }),
    });
  }

  step({ kind, choice, body }: Step): void {
    switch (kind) {
      case 'raw':
        return this.#message(choice, body);
      case 'signed':
        return this.#message(choice, this.#sign(choice, body));
      case 'time':
        return this.#pass(TIME_STEPS[choice % TIME_STEPS.length] ?? 0);
      case 'peer':
        return this.#peer(choice, body);
      case 'relay':
        return this.#answerRelay(choice);
      case 'gone':
        return this.#gone(choice);
    }
  }

  /** Everybody leaves and all time passes: nothing may be left. */
  end(): void {
    while (this.#opening.length > 0) this.#answerRelay(0);
    this.#pass(LONGER_THAN_ANYTHING);
    assert.equal(this.#server.allocationCount, 0, 'allocations are left at the end');
    assert.equal(this.#server.pollTimeout(), undefined, 'a deadline is left at the end');
    assert.deepEqual(this.#rules.openRelays, [], 'relays are left open at the end');
  }

  #message(choice: number, bytes: Uint8Array): void {
    const from = pick(CLIENTS, choice);
    this.#input({ input: 'message', from, bytes }, () => this.#server.handleMessage(this.#instant(), from, bytes));
  }

  #peer(choice: number, bytes: Uint8Array): void {
    const allocation = this.#open[choice & 0x0f] ?? 0;
    const peer = pick(PEERS, choice >> 4);
    const isPermitted = this.#rules.permittedIps(allocation, this.#now).includes(peer.ip);
    const actions = this.#input({ input: 'peer', allocation }, () =>
      this.#server.handlePeerDatagram(this.#instant(), allocation, peer, bytes),
    );
    const isDelivered = actions.some(({ action }) => action === 'sendToClient');
    assert.ok(isPermitted || !isDelivered, 'bytes from a peer without permission');
  }

  #answerRelay(choice: number): void {
    const allocation = this.#opening.shift();
    if (allocation === undefined) return;
    const isOpened = choice % 4 !== 1;
    const relayedAddress = { family: 4, ip: RELAY_IP, port: this.#nextPort++ } as const;
    const result: RelayResult = isOpened ? { outcome: 'opened', relayedAddress } : { outcome: 'noPorts' };
    if (isOpened) this.#open.push(allocation);
    this.#input({ input: 'relayResult', allocation }, () =>
      this.#server.handleRelayResult(this.#instant(), allocation, result),
    );
    if (!isOpened) this.#rules.relayFailed(allocation);
  }

  #gone(choice: number): void {
    const from = pick(CLIENTS, choice);
    this.#input({ input: 'gone', from }, () => this.#server.handleClientGone(from));
  }

  #pass(millis: number): void {
    this.#now += millis;
    this.#input({ input: 'time' }, () => this.#server.handleTimeout(this.#instant()));
  }

  #input(cause: Cause, give: () => void): TurnServerAction[] {
    give();
    const actions: TurnServerAction[] = [];
    for (let action = this.#server.pollAction(); action !== undefined; action = this.#server.pollAction()) {
      actions.push(action);
      if (action.action === 'openRelay') this.#opening.push(action.allocation);
      if (action.action === 'closeRelay') forget(this.#open, action.allocation);
    }
    this.#rules.check(cause, actions, this.#now);
    assert.ok(this.#server.allocationCount <= LIMITS.allocations, 'more allocations than the limit');
    for (const action of actions) this.#note(cause, action);
    return actions;
  }

  /** Learns nonces as a client does, and names what happened: each thing, and each two in a row. */
  #note(cause: Cause, action: TurnServerAction): void {
    const event = `${cause.input}: ${nameOf(action)}`;
    this.happened.add(event);
    this.happened.add(`${HINT}${this.#lastEvent}, ${event}`);
    this.#lastEvent = event;
    if (action.action !== 'sendToClient') return;
    const decoded = decodeStun(action.bytes);
    assert.ok(decoded.ok, 'the server sent what is no STUN');
    const nonce = readAttribute(decoded.message, Nonce);
    if (nonce !== undefined) this.#nonces.set(fiveTupleKey(action.fiveTuple), nonce);
    const ticket = readAttribute(decoded.message, MobilityTicket);
    if (ticket !== undefined) this.#tickets.push(ticket);
  }

  #sign(choice: number, body: Uint8Array): Uint8Array {
    const user = pick(USERS, choice >> 4);
    const nonce = this.#nonces.get(fiveTupleKey(pick(CLIENTS, choice))) ?? 'none';
    const own = encodeStun({
      messageClass: 'request',
      method: pick(METHODS, body[0] ?? 0),
      transactionId: this.#transactionId(),
      attributes: [
        attribute(Username, user.username),
        attribute(Realm, REALM),
        attribute(Nonce, nonce),
        ...this.#attributes(body.subarray(1)),
      ],
      integrity: { key: keysOf(user)[0], crypto: nodeCrypto },
    });
    return own;
  }

  /** Attributes by their declared lengths. A ticket of one byte stands for one that the server gave. */
  #attributes(bytes: Uint8Array): AttributeToEncode[] {
    const attributes: AttributeToEncode[] = [];
    for (let offset = 0; offset + 4 <= bytes.length; ) {
      const [high = 0, low = 0, lengthHigh = 0, lengthLow = 0] = bytes.subarray(offset);
      const type = (high << 8) | low;
      const length = (lengthHigh << 8) | lengthLow;
      const value = bytes.subarray(offset + 4, offset + 4 + length);
      const isTicket = type === MobilityTicket.type && length === 1 && this.#tickets.length > 0;
      const meant = isTicket ? pick(this.#tickets, value[0] ?? 0) : value;
      attributes.push({ type, encode: () => meant });
      offset += 4 + ((length + 3) & ~3);
    }
    return attributes;
  }

  #instant(): { monotonic: number; unix: number } {
    return { monotonic: this.#now, unix: START_UNIX + Math.floor(this.#now / 1000) };
  }

  /** Random bytes that are the same in every run. */
  #crypto(): CryptoProvider {
    return { ...nodeCrypto, randomBytes: (length) => new Uint8Array(length).fill(this.#nextId++) };
  }

  #transactionId(): Uint8Array {
    return Uint8Array.from([...new Uint8Array(10), this.#nextId >> 8, this.#nextId++]);
  }
}

function nameOf(action: TurnServerAction): string {
  if (action.action === 'drop') return `drop ${action.reason}`;
  if (action.action === 'authenticationFailed') return `refuse ${action.reason}`;
  if (action.action === 'allocationEnded') return `end ${action.end}`;
  if (action.action !== 'sendToClient') return action.action;
  const decoded = decodeStun(action.bytes);
  if (!decoded.ok) return 'send nonsense';
  const { messageClass, method } = decoded.message;
  return `${messageClass} ${method} ${readAttribute(decoded.message, ErrorCode)?.code ?? ''}`;
}

function pick<T>(list: readonly T[], choice: number): T {
  return list[choice % list.length] ?? assert.fail('nothing to pick from');
}

function forget(list: number[], value: number): void {
  const at = list.indexOf(value);
  if (at >= 0) list.splice(at, 1);
}
