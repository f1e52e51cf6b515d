import type { TransportAddress } from '../../address.ts';
import { bytesEqual } from '../../bytes.ts';
import {
  ADDRESS_FAMILY_IPV4,
  ADDRESS_FAMILY_IPV6,
  ADDRESS_FAMILY_NOT_SUPPORTED,
  AddressErrorCode,
  ALLOCATION_MISMATCH,
  type AttributeToEncode,
  attribute,
  BAD_REQUEST,
  ErrorCode,
  type ErrorCodeValue,
  INSUFFICIENT_CAPACITY,
  Lifetime,
  MOBILITY_FORBIDDEN,
  MobilityTicket,
  RESERVATION_TOKEN_LENGTH,
  ReservationToken,
  readAttribute,
  XorMappedAddress,
  XorRelayedAddress,
} from '../../stun/index.ts';
import type { Instant } from '../../time.ts';
import type { AllocationId } from '../actions.ts';
import { Allocation } from '../allocation.ts';
import { refuseWhileDraining } from '../draining.ts';
import { grantLifetime } from '../lifetime.ts';
import { exceededLimit } from '../limits.ts';
import type { RelayOutcome, RelayResult } from '../relay-result.ts';
import { type AuthenticatedRequest, replyTo } from '../request.ts';
import { reply, respondError } from '../respond.ts';
import { nextTicket, type ServerState } from '../server-state.ts';
import { type AllocateWish, readAllocateWish } from './allocate-wish.ts';
import { readRelayTransport, readTcpWish } from './tcp-wish.ts';

/** Allocate (RFC 8656 §7.2); the numbers are the section's own steps. Answered once the relay is open. */
export function handleAllocateRequest(state: ServerState, request: AuthenticatedRequest): void {
  // 1. Authentication was proven before this handler.

  // 2. The five-tuple must be free, unless this is a retransmission of the request that took it.
  const existing = state.allocations.findByFiveTuple(request.fiveTuple);
  if (existing !== undefined) return answerRepeatedAllocate(state, request, existing);

  // 3. REQUESTED-TRANSPORT is mandatory; UDP, or TCP where the app may have it.
  const transport = readRelayTransport(state, request);
  if (typeof transport !== 'string') return respondError(state, request, transport);

  // 4.-9. Which addresses are wanted.
  const wish = transport === 'tcp' ? readTcpWish(request) : readAllocateWish(state, request);
  if ('code' in wish) return respondError(state, request, wish);

  // RFC 8016 §3.1.2: an empty ticket asks for mobility; one that is not empty belongs into a Refresh.
  const ticket = readAttribute(request.message, MobilityTicket);
  if (ticket !== undefined && ticket.length > 0) return respondError(state, request, BAD_REQUEST);
  if (ticket !== undefined && state.options.mobility !== true) return respondError(state, request, MOBILITY_FORBIDDEN);

  // 10.-11. A server that drains redirects or refuses; quotas and capacity.
  if (refuseWhileDraining(state, request)) return;
  const exceeded = exceededLimit(state, request.identity);
  if (exceeded !== undefined) {
    state.emit({ action: 'allocationRefused', appId: request.identity.appId, reason: exceeded.limit });
    return respondError(state, request, exceeded.error);
  }
  beginAllocation(state, request, wish, ticket !== undefined);
}

function beginAllocation(
  state: ServerState,
  request: AuthenticatedRequest,
  wish: AllocateWish,
  isMobile: boolean,
): void {
  const { fiveTuple, identity, now } = request;
  const { reservation, ...addresses } = wish;
  const lifetimeSeconds = grantLifetime(readAttribute(request.message, Lifetime), request);
  const allocation = new Allocation({
    id: state.allocations.takeId(),
    fiveTuple,
    identity,
    isTcp: wish.relayTransport === 'tcp',
    isMobile,
    state: { state: 'opening', replyTo: replyTo(request), wish, lifetimeSeconds },
    expiresAt: now.monotonic + lifetimeSeconds * 1000,
  });
  state.allocations.add(allocation);
  // A token serves once, whatever becomes of this request.
  if (reservation !== undefined) state.reservations.remove(reservation);
  const reserved = reservation === undefined ? {} : { reservedBy: reservation.reservedBy };
  const { appId } = identity;
  state.emit({ action: 'openRelay', allocation: allocation.id, appId, ...addresses, ...reserved, fiveTuple });
}

/** Finishes what `handleAllocateRequest` began. */
export function handleRelayResult(state: ServerState, now: Instant, id: AllocationId, result: RelayResult): void {
  const allocation = state.allocations.findById(id);
  const opened = openedAddresses(result);
  if (allocation === undefined || allocation.state.state !== 'opening') {
    // The client went away while its relay was being opened.
    if (opened.length > 0) state.emit({ action: 'closeRelay', allocation: id });
    return;
  }
  const { replyTo: to, wish, lifetimeSeconds } = allocation.state;
  if (opened.length === 0) {
    state.allocations.remove(allocation);
    const { appId } = allocation.identity;
    if (result.outcome === 'noPorts') state.emit({ action: 'allocationRefused', appId, reason: 'noPorts' });
    reply(state, to, 'error', [attribute(ErrorCode, errorOf(result))]);
    return;
  }

  const allocateResponse = reply(state, to, 'success', [
    ...opened.map((address) => attribute(XorRelayedAddress, address)),
    ...addressErrors(wish, result),
    attribute(Lifetime, lifetimeSeconds),
    attribute(XorMappedAddress, to.fiveTuple.clientAddress),
    ...reservationToken(state, now, allocation, wish),
    ...nextTicket(state, allocation),
  ]);
  allocation.state = { state: 'open', allocateTransactionId: to.transactionId, allocateResponse };
  for (const address of opened) state.allocations.addRelayedAddress(allocation, address);
  state.allocations.expireAt(allocation, now.monotonic + lifetimeSeconds * 1000);
  const facts = allocation.facts();
  if (facts !== undefined) state.emit({ action: 'allocationOpened', facts });
}

function openedAddresses(result: RelayResult): readonly TransportAddress[] {
  const outcomes = [result, result.additional];
  return outcomes.flatMap((one) => (one?.outcome === 'opened' ? [one.relayedAddress] : []));
}

/** Which of two addresses could not be had, and why. */
function addressErrors({ additionalFamily }: AllocateWish, result: RelayResult): readonly AttributeToEncode[] {
  if (additionalFamily === undefined) return [];
  const { additional = { outcome: 'noPorts' } } = result;
  const failures: [number, RelayOutcome][] = [
    [ADDRESS_FAMILY_IPV4, result],
    [ADDRESS_FAMILY_IPV6, additional],
  ];
  return failures
    .filter(([, { outcome }]) => outcome !== 'opened')
    .map(([family, outcome]) => attribute(AddressErrorCode, { family, error: errorOf(outcome) }));
}

function errorOf({ outcome }: RelayOutcome): ErrorCodeValue {
  return outcome === 'familyNotSupported' ? ADDRESS_FAMILY_NOT_SUPPORTED : INSUFFICIENT_CAPACITY;
}

/** The token of the port after the even one, which the datapath holds now. */
function reservationToken(
  state: ServerState,
  { monotonic }: Instant,
  { id, identity }: Allocation,
  { port, family }: AllocateWish,
): readonly AttributeToEncode[] {
  if (port !== 'evenAndNext') return [];
  const token = state.options.crypto.randomBytes(RESERVATION_TOKEN_LENGTH);
  const { appId, user } = identity;
  state.reservations.add(token, { reservedBy: id, appId, user, family }, monotonic);
  return [attribute(ReservationToken, token)];
}

function answerRepeatedAllocate(state: ServerState, request: AuthenticatedRequest, existing: Allocation): void {
  const { fiveTuple, message } = request;
  switch (existing.state.state) {
    case 'opening':
      // A retransmission while the relay opens: the answer is on its way.
      if (bytesEqual(existing.state.replyTo.transactionId, message.transactionId)) return;
      break;
    case 'open':
      if (bytesEqual(existing.state.allocateTransactionId, message.transactionId)) {
        state.emit({ action: 'sendToClient', fiveTuple, bytes: existing.state.allocateResponse });
        return;
      }
  }
  respondError(state, request, ALLOCATION_MISMATCH);
}
