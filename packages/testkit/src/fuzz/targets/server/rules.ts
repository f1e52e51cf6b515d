// What must hold, whatever anybody sends. Kept with plain tables of its own: nothing here asks the server.
import assert from 'node:assert/strict';
import { type FiveTuple, fiveTupleKey, type TurnServerAction } from '@pinhole/protocol';
import { isDeniedPeer, isMadeByKnownUser, LIMITS } from './cast.ts';

/** What made the server do what it does. */
export type Cause =
  | { readonly input: 'message'; readonly from: FiveTuple; readonly bytes: Uint8Array }
  | { readonly input: 'peer'; readonly allocation: number }
  | { readonly input: 'relayResult'; readonly allocation: number }
  | { readonly input: 'time' }
  | { readonly input: 'gone'; readonly from: FiveTuple };

interface KnownRelay {
  readonly owner: FiveTuple;
  readonly permissions: Map<string, number>;
}

const PERMISSION_MILLIS = 300_000;
const CHANNEL_MILLIS = 600_000;
/** Every error that a stranger may be answered with, 300 (RFC 8489 §14.8) included. */
const STRANGERS_ERRORS: readonly number[] = [300, 400, 401, 403, 420, 438];
const BINDING_SUCCESS = 0x0101;
/** The most that an answer to a stranger has: header, error, realm, nonce, what goes with them. */
const MAX_ANSWER_TO_STRANGER = 400;

/** Watches every action that comes out, and knows what was allowed to. */
export class Rules {
  readonly #relays = new Map<number, KnownRelay>();

  /** Relays that were asked for and not closed; what is open at the end has leaked. */
  get openRelays(): readonly number[] {
    return [...this.#relays.keys()];
  }

  /** The datapath could not open it: there is nothing to close. */
  relayFailed(allocation: number): void {
    this.#relays.delete(allocation);
  }

  permittedIps(allocation: number, now: number): string[] {
    const permissions = [...(this.#relays.get(allocation)?.permissions ?? [])];
    return permissions.filter(([, deadline]) => deadline > now).map(([ip]) => ip);
  }

  check(cause: Cause, actions: readonly TurnServerAction[], now: number): void {
    this.#checkAnswers(cause, actions);
    for (const action of actions) this.#checkAction(cause, action, now);
  }

  #checkAction(cause: Cause, action: TurnServerAction, now: number): void {
    switch (action.action) {
      case 'openRelay':
        this.#mustBeBelieved(cause, action.fiveTuple);
        this.#relays.set(action.allocation, { owner: action.fiveTuple, permissions: new Map() });
        return;
      case 'moveClient':
        this.#mustBeBelieved(cause, action.fiveTuple);
        this.#relays.set(action.allocation, { ...this.#relay(action.allocation), owner: action.fiveTuple });
        return;
      case 'installPermission':
        return this.#checkPermission(cause, action, now);
      case 'installChannel':
        this.#mustBeBelieved(cause, this.#relay(action.allocation).owner);
        assert.ok(action.deadline <= now + CHANNEL_MILLIS, 'a channel lasts too long');
        assert.ok(!isDeniedPeer(action.peer.ip), 'a channel to a denied peer');
        return;
      case 'sendToPeer':
        assert.ok(
          cause.input === 'message' && isSame(this.#relay(action.allocation).owner, cause.from),
          'not its relay',
        );
        assert.ok(
          this.permittedIps(action.allocation, now).includes(action.peer.ip),
          'bytes to a peer without permission',
        );
        assert.ok(!isDeniedPeer(action.peer.ip), 'bytes to a denied peer');
        return;
      case 'closeRelay':
        this.#relays.delete(action.allocation);
        return;
    }
  }

  #checkPermission(
    cause: Cause,
    action: Extract<TurnServerAction, { action: 'installPermission' }>,
    now: number,
  ): void {
    const { owner, permissions } = this.#relay(action.allocation);
    this.#mustBeBelieved(cause, owner);
    assert.ok(action.deadline <= now + PERMISSION_MILLIS, 'a permission lasts too long');
    assert.ok(!isDeniedPeer(action.peerIp), 'a permission for a denied peer');
    permissions.set(action.peerIp, action.deadline);
    const living = this.permittedIps(action.allocation, now).length;
    assert.ok(living <= LIMITS.permissionsPerAllocation, 'more permissions than the limit');
  }

  /** One answer at most, to whoever asked; a peer's data only to the client who let the peer in. */
  #checkAnswers(cause: Cause, actions: readonly TurnServerAction[]): void {
    const answers = actions.filter((action) => action.action === 'sendToClient');
    assert.ok(answers.length <= 1, 'more than one message for one input');
    const [answer] = answers;
    if (answer === undefined) return;
    if (cause.input === 'message') return this.#checkAnswer(cause, answer);
    assert.ok(cause.input === 'peer' || cause.input === 'relayResult', `a message out of ${cause.input}`);
    const owner = this.#relays.get(cause.allocation)?.owner;
    assert.ok(owner === undefined || isSame(owner, answer.fiveTuple), 'a message for somebody else');
  }

  #checkAnswer(
    { from, bytes }: Extract<Cause, { input: 'message' }>,
    answer: { fiveTuple: FiveTuple; bytes: Uint8Array },
  ) {
    assert.ok(isSame(from, answer.fiveTuple), 'an answer to somebody who did not ask');
    assert.equal((bytes[0] ?? 0) & 0x01, 0, 'an answer to what is no request');
    assert.equal((bytes[1] ?? 0) & 0x10, 0, 'an answer to what is no request');
    assert.deepEqual(answer.bytes.slice(8, 20), bytes.slice(8, 20), 'an answer to another transaction');
    if (isMadeByKnownUser(bytes)) return;
    assert.ok(answer.bytes.length <= MAX_ANSWER_TO_STRANGER, `a stranger got ${answer.bytes.length} bytes`);
    const type = ((answer.bytes[0] ?? 0) << 8) | (answer.bytes[1] ?? 0);
    assert.ok(type === BINDING_SUCCESS || STRANGERS_ERRORS.includes(errorCodeOf(answer.bytes)), 'a stranger got more');
  }

  #mustBeBelieved(cause: Cause, owner: FiveTuple): void {
    assert.ok(cause.input === 'message', `state out of ${cause.input}`);
    assert.ok(isSame(cause.from, owner), "state in another client's allocation");
    assert.ok(isMadeByKnownUser(cause.bytes), 'state before authentication');
  }

  #relay(allocation: number): KnownRelay {
    return this.#relays.get(allocation) ?? assert.fail(`there is no relay ${allocation}`);
  }
}

function isSame(left: FiveTuple, right: FiveTuple): boolean {
  return fiveTupleKey(left) === fiveTupleKey(right);
}

/** Zero where there is no ERROR-CODE. */
function errorCodeOf(message: Uint8Array): number {
  for (let offset = 20; offset + 8 <= message.length; ) {
    const [high = 0, low = 0, lengthHigh = 0, lengthLow = 0, , , hundreds = 0, rest = 0] = message.subarray(offset);
    if (high === 0 && low === 0x09) return hundreds * 100 + rest;
    offset += 4 + ((((lengthHigh << 8) | lengthLow) + 3) & ~3);
  }
  return 0;
}
