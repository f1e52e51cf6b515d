import type { AddressFamily } from '../../address.ts';
import { bytesEqual } from '../../bytes.ts';
import {
  ADDRESS_FAMILY_IPV4,
  ADDRESS_FAMILY_IPV6,
  ADDRESS_FAMILY_NOT_SUPPORTED,
  ALLOCATION_MISMATCH,
  attribute,
  BAD_REQUEST,
  ErrorCode,
  EvenPort,
  INSUFFICIENT_CAPACITY,
  Lifetime,
  MOBILITY_FORBIDDEN,
  MobilityTicket,
  RequestedAddressFamily,
  RequestedTransport,
  readAttribute,
  TRANSPORT_UDP,
  UNSUPPORTED_TRANSPORT,
  XorMappedAddress,
  XorRelayedAddress,
} from '../../stun/index.ts';
import type { Instant } from '../../time.ts';
import type { AllocationId } from '../actions.ts';
import { Allocation } from '../allocation.ts';
import { refuseWhileDraining } from '../draining.ts';
import { grantLifetime } from '../lifetime.ts';
import { exceededLimit } from '../limits.ts';
import type { RelayResult } from '../relay-result.ts';
import { type AuthenticatedRequest, replyTo } from '../request.ts';
import { reply, respondError } from '../respond.ts';
import { nextTicket, type ServerState } from '../server-state.ts';

/** Allocate (RFC 8656 §7.2); the numbers are the section's own steps. Answered once the relay is open. */
export function handleAllocateRequest(state: ServerState, request: AuthenticatedRequest): void {
  // 1. Authentication was proven before this handler.

  // 2. The five-tuple must be free, unless this is a retransmission of the request that took it.
  const existing = state.allocations.findByFiveTuple(request.fiveTuple);
  if (existing !== undefined) return answerRepeatedAllocate(state, request, existing);

  // 3. REQUESTED-TRANSPORT is mandatory and UDP.
  const transport = readAttribute(request.message, RequestedTransport);
  if (transport === undefined) return respondError(state, request, BAD_REQUEST);
  if (transport !== TRANSPORT_UDP) return respondError(state, request, UNSUPPORTED_TRANSPORT);

  // 4.-5. DONT-FRAGMENT and RESERVATION-TOKEN are not understood yet: they were answered with 420.

  // 6. The family, IPv4 where none is asked for.
  const family = requestedFamily(request);
  if (family === undefined) return respondError(state, request, ADDRESS_FAMILY_NOT_SUPPORTED);

  // 7. ADDITIONAL-ADDRESS-FAMILY is optional to understand, and not yet.

  // 8. EVEN-PORT is honoured; the reservation of the next port, which goes with the R bit, is not to be had yet.
  const evenPort = readAttribute(request.message, EvenPort);
  if (evenPort?.reserveNext === true) return respondError(state, request, INSUFFICIENT_CAPACITY);
  const port = evenPort === undefined ? 'any' : 'even';

  // RFC 8016 §3.1.2: an empty ticket asks for mobility; one that is not empty belongs into a Refresh.
  const ticket = readAttribute(request.message, MobilityTicket);
  if (ticket !== undefined && ticket.length > 0) return respondError(state, request, BAD_REQUEST);
  if (ticket !== undefined && state.options.mobility !== true) return respondError(state, request, MOBILITY_FORBIDDEN);

  // 9.-10. A server that drains redirects or refuses; quotas and capacity.
  if (refuseWhileDraining(state, request)) return;
  const exceeded = exceededLimit(state, request.identity);
  if (exceeded !== undefined) {
    state.emit({ action: 'allocationRefused', appId: request.identity.appId, reason: exceeded.limit });
    return respondError(state, request, exceeded.error);
  }

  const lifetimeSeconds = grantLifetime(readAttribute(request.message, Lifetime), request);
  const allocation = new Allocation({
    id: state.allocations.takeId(),
    fiveTuple: request.fiveTuple,
    identity: request.identity,
    family,
    isMobile: ticket !== undefined,
    state: { state: 'opening', replyTo: replyTo(request), lifetimeSeconds },
    expiresAt: request.now.monotonic + lifetimeSeconds * 1000,
  });
  state.allocations.add(allocation);
  const { fiveTuple, identity } = request;
  state.emit({ action: 'openRelay', allocation: allocation.id, appId: identity.appId, family, port, fiveTuple });
}

/** Finishes what `handleAllocateRequest` began. */
export function handleRelayResult(state: ServerState, now: Instant, id: AllocationId, result: RelayResult): void {
  const allocation = state.allocations.findById(id);
  if (allocation === undefined || allocation.state.state !== 'opening') {
    // The client went away while its relay was being opened.
    if (result.outcome === 'opened') state.emit({ action: 'closeRelay', allocation: id });
    return;
  }
  const { replyTo: to, lifetimeSeconds } = allocation.state;
  if (result.outcome !== 'opened') {
    state.allocations.remove(allocation);
    const { appId } = allocation.identity;
    const error = result.outcome === 'noPorts' ? INSUFFICIENT_CAPACITY : ADDRESS_FAMILY_NOT_SUPPORTED;
    if (result.outcome === 'noPorts') state.emit({ action: 'allocationRefused', appId, reason: 'noPorts' });
    reply(state, to, 'error', [attribute(ErrorCode, error)]);
    return;
  }

  const { relayedAddress } = result;
  const allocateResponse = reply(state, to, 'success', [
    attribute(XorRelayedAddress, relayedAddress),
    attribute(Lifetime, lifetimeSeconds),
    attribute(XorMappedAddress, to.fiveTuple.clientAddress),
    ...nextTicket(state, allocation),
  ]);
  allocation.state = { state: 'open', relayedAddress, allocateTransactionId: to.transactionId, allocateResponse };
  state.allocations.expireAt(allocation, now.monotonic + lifetimeSeconds * 1000);
  state.allocations.indexRelayedAddress(allocation, relayedAddress);
  state.emit({ action: 'allocationOpened', facts: allocation.facts(relayedAddress) });
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

function requestedFamily({ message }: AuthenticatedRequest): AddressFamily | undefined {
  switch (readAttribute(message, RequestedAddressFamily)) {
    case undefined:
    case ADDRESS_FAMILY_IPV4:
      return 4;
    case ADDRESS_FAMILY_IPV6:
      return 6;
    default:
      return undefined;
  }
}
