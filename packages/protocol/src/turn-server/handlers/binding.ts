import { attribute, XorMappedAddress } from '../../stun/index.ts';
import type { ReceivedMessage } from '../request.ts';
import { respondSuccess } from '../respond.ts';
import type { ServerState } from '../server-state.ts';

/** Binding (RFC 8489 §7.3.1): tells anybody, without authentication, the address that the request came from. */
export function handleBindingRequest(state: ServerState, request: ReceivedMessage): void {
  respondSuccess(state, request, [attribute(XorMappedAddress, request.fiveTuple.clientAddress)]);
}
