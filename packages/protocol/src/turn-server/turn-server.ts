import type { TransportAddress } from '../address.ts';
import type { FiveTuple } from '../five-tuple.ts';
import {
  ALLOCATION_MISMATCH,
  attribute,
  BAD_REQUEST,
  decodeStun,
  METHOD_ALLOCATE,
  METHOD_BINDING,
  METHOD_CHANNEL_BIND,
  METHOD_CONNECT,
  METHOD_CONNECTION_BIND,
  METHOD_CREATE_PERMISSION,
  METHOD_REFRESH,
  METHOD_SEND,
  UNKNOWN_ATTRIBUTE,
  UnknownAttributes,
  WRONG_CREDENTIALS,
} from '../stun/index.ts';
import type { Instant, Millis } from '../time.ts';
import type { AllocationId, TurnServerAction } from './actions.ts';
import type { Allocation } from './allocation.ts';
import { AllocationTable } from './allocation-table.ts';
import { AnswerBudget, FAILURE_RATE, STRANGER_RATE } from './answer-budget.ts';
import { authenticate } from './authentication.ts';
import { handleAllocateRequest, handleRelayResult } from './handlers/allocate.ts';
import { handleBindingRequest } from './handlers/binding.ts';
import { handleChannelBindRequest } from './handlers/channel-bind.ts';
import {
  closeConnection,
  closeExpiredConnections,
  handleConnectRequest,
  handleConnectResult,
} from './handlers/connect.ts';
import { handlePeerConnected } from './handlers/connection-attempt.ts';
import { handleConnectionBindRequest } from './handlers/connection-bind.ts';
import { handleCreatePermissionRequest } from './handlers/create-permission.ts';
import { handlePeerDatagram } from './handlers/peer-datagram.ts';
import { handleRefreshRequest } from './handlers/refresh.ts';
import { handleResumeRequest, ticketOf } from './handlers/resume.ts';
import { handleSendIndication } from './handlers/send-indication.ts';
import { NEWCOMER_RATE, NewcomerBudget } from './newcomer-budget.ts';
import type { TurnServerOptions } from './options.ts';
import { PeerConnections } from './peer-connections.ts';
import { rejudge } from './rejudge.ts';
import type { RelayResult } from './relay-result.ts';
import type { AuthenticatedRequest, ReceivedMessage } from './request.ts';
import { Reservations } from './reservations.ts';
import { respondError } from './respond.ts';
import { isMeant, type Revocation, Revocations } from './revocations.ts';
import { endAllocation, endFamily, type ServerState } from './server-state.ts';

/** What a revocation did. */
export interface RevocationOutcome {
  readonly endedAllocations: number;
  /** `false` where there are too many already: then the credential can come back until it expires. */
  readonly isRemembered: boolean;
}

/** The handlers that need an allocation on the five-tuple, by method. */
const ALLOCATION_HANDLERS: ReadonlyMap<
  number,
  (state: ServerState, request: AuthenticatedRequest, allocation: Allocation) => void
> = new Map([
  [METHOD_REFRESH, handleRefreshRequest],
  [METHOD_CREATE_PERMISSION, handleCreatePermissionRequest],
  [METHOD_CHANNEL_BIND, handleChannelBindRequest],
  [METHOD_CONNECT, handleConnectRequest],
]);

const WITHOUT_ALLOCATION: ReadonlySet<number> = new Set([METHOD_BINDING, METHOD_ALLOCATE, METHOD_CONNECTION_BIND]);

/**
 * A TURN server without I/O (RFC 8656): messages and time go in, actions come out.
 *
 * One rule: after every input, take actions until `pollAction` gives none, before the next input. The core holds no
 * socket, no timer and no clock; `pollTimeout` tells when `handleTimeout` is due.
 */
export class TurnServer {
  readonly #state: ServerState;
  readonly #newcomers: NewcomerBudget;
  #actions: TurnServerAction[] = [];
  #taken = 0;

  constructor(options: TurnServerOptions) {
    this.#newcomers = new NewcomerBudget(options.newcomerRate ?? NEWCOMER_RATE);
    this.#state = {
      options,
      allocations: new AllocationTable(),
      reservations: new Reservations(),
      connections: new PeerConnections(options.crypto),
      strangers: new AnswerBudget(options.strangerRate ?? STRANGER_RATE),
      failures: new AnswerBudget(FAILURE_RATE),
      revocations: new Revocations(),
      emit: (action) => {
        this.#actions.push(action);
      },
    };
  }

  /** How many allocations there are, those included whose relay is still being opened. */
  get allocationCount(): number {
    return this.#state.allocations.size;
  }

  /** One STUN message from a client: a datagram's payload, or a frame of a stream. */
  handleMessage(now: Instant, fiveTuple: FiveTuple, bytes: Uint8Array): void {
    this.#begin();
    if (!this.#hasTimeFor(fiveTuple, now)) return this.#state.emit({ action: 'drop', reason: 'newcomerBudget' });
    const decoded = decodeStun(bytes);
    if (!decoded.ok) return this.#state.emit({ action: 'drop', reason: decoded.failure.reason });
    dispatch(this.#state, { now, fiveTuple, message: decoded.message });
  }

  /** A datagram from a peer that holds a permission and that no channel carries. */
  handlePeerDatagram(now: Instant, allocation: AllocationId, peer: TransportAddress, bytes: Uint8Array): void {
    this.#begin();
    handlePeerDatagram(this.#state, now, allocation, peer, bytes);
  }

  /** The answer to an `openRelay`. */
  handleRelayResult(now: Instant, allocation: AllocationId, result: RelayResult): void {
    this.#begin();
    handleRelayResult(this.#state, now, allocation, result);
  }

  /** The answer to a `connectPeer`. */
  handleConnectResult(now: Instant, allocation: AllocationId, peer: TransportAddress, isConnected: boolean): void {
    this.#begin();
    handleConnectResult(this.#state, now, allocation, peer, isConnected);
  }

  /** A peer that holds a permission has connected to the relayed address of a TCP allocation. */
  handlePeerConnected(now: Instant, allocation: AllocationId, peer: TransportAddress): void {
    this.#begin();
    handlePeerConnected(this.#state, now, allocation, peer);
  }

  /** A client's TCP or TLS connection has ended, and its allocation with it, unless it may be resumed from elsewhere. */
  handleClientGone(fiveTuple: FiveTuple): void {
    this.#begin();
    const connection = this.#state.connections.findByStream(fiveTuple);
    if (connection !== undefined) return closeConnection(this.#state, connection);
    const allocation = this.#state.allocations.findByFiveTuple(fiveTuple);
    if (allocation === undefined || allocation.ticketSequence !== undefined) return;
    endAllocation(this.#state, allocation, 'clientGone');
  }

  /** Call when what `judgePeer` or `findCredentials` answer has changed: takes back what they no longer allow. */
  rejudge(now: Instant): void {
    this.#begin();
    rejudge(this.#state, now.monotonic);
  }

  /** Ends all that was started with what is revoked, at once, and believes it no more. */
  revoke(now: Instant, revocation: Revocation): RevocationOutcome {
    this.#begin();
    const isRemembered = this.#state.revocations.add(revocation, now.monotonic);
    const ended = [...this.#state.allocations.all()].filter(({ identity }) => isMeant(revocation, identity));
    for (const allocation of ended) endAllocation(this.#state, allocation, 'revoked');
    return { endedAllocations: ended.length, isRemembered };
  }

  /** Ends what has expired. */
  handleTimeout(now: Instant): void {
    this.#begin();
    endExpiredAllocations(this.#state, now.monotonic);
    releaseExpiredReservations(this.#state, now.monotonic);
    closeExpiredConnections(this.#state, now.monotonic);
  }

  /** When `handleTimeout` is due; it may find nothing to do then. */
  pollTimeout(): Millis | undefined {
    const { allocations, reservations, connections } = this.#state;
    const next = Math.min(...[allocations, reservations, connections].map((queue) => queue.nextDeadline() ?? NEVER));
    return next === NEVER ? undefined : next;
  }

  pollAction(): TurnServerAction | undefined {
    const action = this.#actions[this.#taken++];
    if (action === undefined) {
      this.#actions = [];
      this.#taken = 0;
    }
    return action;
  }

  /** Over UDP a flood has any number of sources; who has an allocation is known before anything is decoded. */
  #hasTimeFor(fiveTuple: FiveTuple, now: Instant): boolean {
    if (fiveTuple.transport !== 'udp' || this.#newcomers.take(now.monotonic)) return true;
    return this.#state.allocations.findByFiveTuple(fiveTuple) !== undefined;
  }

  #begin(): void {
    if (this.#actions.length > 0) throw new Error('the actions of the last input were not all taken before the next');
  }
}

const NEVER: Millis = Number.POSITIVE_INFINITY;

function endExpiredAllocations(state: ServerState, now: Millis): void {
  for (;;) {
    const allocation = state.allocations.takeExpired(now);
    if (allocation === undefined) return;
    const families = allocation.expiredFamilies(now);
    if (families.length === allocation.relayedAddresses.length) {
      endAllocation(state, allocation, 'expired');
    } else {
      for (const family of families) endFamily(state, allocation, family, 'expired');
      state.allocations.keep(allocation);
    }
  }
}

function releaseExpiredReservations(state: ServerState, now: Millis): void {
  for (;;) {
    const reservation = state.reservations.takeExpired(now);
    if (reservation === undefined) return;
    state.emit({ action: 'releaseReservation', allocation: reservation.reservedBy });
  }
}

function dispatch(state: ServerState, received: ReceivedMessage): void {
  switch (received.message.messageClass) {
    case 'request':
      return dispatchRequest(state, received);
    case 'indication':
      return dispatchIndication(state, received);
    default:
      return state.emit({ action: 'drop', reason: 'unexpectedClass' });
  }
}

function dispatchRequest(state: ServerState, received: ReceivedMessage): void {
  const { method, malformed } = received.message;
  if (!WITHOUT_ALLOCATION.has(method) && !ALLOCATION_HANDLERS.has(method))
    return state.emit({ action: 'drop', reason: 'unknownMethod' });
  if (malformed.length > 0) return respondError(state, received, BAD_REQUEST);
  if (method === METHOD_BINDING) {
    if (!complainOfUnknownAttributes(state, received)) handleBindingRequest(state, received);
    return;
  }

  // Strangers learn nothing about what is understood: 420 only after authentication.
  const request = authenticate(state, received);
  if (request === undefined || complainOfUnknownAttributes(state, request)) return;
  if (method === METHOD_ALLOCATE) return handleAllocateRequest(state, request);
  if (method === METHOD_CONNECTION_BIND) return handleConnectionBindRequest(state, request);

  const allocation = state.allocations.findByFiveTuple(request.fiveTuple);
  if (allocation === undefined && method === METHOD_REFRESH) {
    const ticket = ticketOf(request);
    if (ticket !== undefined) return handleResumeRequest(state, request, ticket);
  }
  if (allocation?.state.state !== 'open') return respondError(state, request, ALLOCATION_MISMATCH);
  if (allocation.identity.username !== request.identity.username) {
    return respondError(state, request, WRONG_CREDENTIALS);
  }
  ALLOCATION_HANDLERS.get(method)?.(state, request, allocation);
}

function dispatchIndication(state: ServerState, received: ReceivedMessage): void {
  const { method, malformed, unknownRequired } = received.message;
  if (method === METHOD_BINDING) return state.emit({ action: 'drop', reason: 'keepAlive' });
  if (method !== METHOD_SEND) return state.emit({ action: 'drop', reason: 'unknownMethod' });
  if (malformed.length > 0) return state.emit({ action: 'drop', reason: 'malformedAttribute' });
  if (unknownRequired.length > 0) return state.emit({ action: 'drop', reason: 'unknownAttribute' });
  handleSendIndication(state, received);
}

/** 420 with the list (RFC 8489 §6.3.1); gives whether there was anything to complain of. */
function complainOfUnknownAttributes(state: ServerState, request: ReceivedMessage): boolean {
  const { unknownRequired } = request.message;
  if (unknownRequired.length === 0) return false;
  respondError(state, request, UNKNOWN_ATTRIBUTE, [attribute(UnknownAttributes, [...new Set(unknownRequired)])]);
  return true;
}
