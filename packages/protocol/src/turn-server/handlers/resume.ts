import {
  ALLOCATION_MISMATCH,
  BAD_REQUEST,
  type ErrorCodeValue,
  MOBILITY_FORBIDDEN,
  MobilityTicket,
  readAttribute,
} from '../../stun/index.ts';
import type { Allocation } from '../allocation.ts';
import { readTicket } from '../mobility-ticket.ts';
import type { AuthenticatedRequest } from '../request.ts';
import { respondError } from '../respond.ts';
import type { ServerState } from '../server-state.ts';
import { handleRefreshRequest } from './refresh.ts';

/**
 * A Refresh from a five-tuple without allocation that carries a ticket (RFC 8016 §3.2.2): the client's address has
 * changed, and its allocation comes along. Whoever resumes must know the password of the credential that the allocation
 * was made with, so a stolen ticket alone is worth nothing; a ticket that has served is worth nothing either.
 */
export function handleResumeRequest(state: ServerState, request: AuthenticatedRequest, ticket: Uint8Array): void {
  const found = findMobileAllocation(state, request, ticket);
  if ('code' in found) return respondError(state, request, found);

  state.allocations.move(found, request.fiveTuple);
  state.emit({ action: 'moveClient', allocation: found.id, fiveTuple: request.fiveTuple });
  handleRefreshRequest(state, request, found);
}

function findMobileAllocation(
  state: ServerState,
  { identity }: AuthenticatedRequest,
  ticket: Uint8Array,
): Allocation | ErrorCodeValue {
  if (state.options.mobility !== true) return MOBILITY_FORBIDDEN;
  const content = readTicket(ticket, state.options);
  if (content === undefined) return BAD_REQUEST;
  const allocation = state.allocations.findById(content.allocation);
  if (allocation?.ticketSequence !== content.sequence) return ALLOCATION_MISMATCH;
  return allocation.identity.username === identity.username ? allocation : ALLOCATION_MISMATCH;
}

/** The ticket that a request carries, where it carries one that is not empty. */
export function ticketOf({ message }: AuthenticatedRequest): Uint8Array | undefined {
  const ticket = readAttribute(message, MobilityTicket);
  return ticket === undefined || ticket.length === 0 ? undefined : ticket;
}
