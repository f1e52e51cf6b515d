import type { AddressFamily } from '../../address.ts';
import {
  ADDRESS_FAMILY_IPV4,
  ADDRESS_FAMILY_IPV6,
  ADDRESS_FAMILY_NOT_SUPPORTED,
  AdditionalAddressFamily,
  addressFamilyOf,
  BAD_REQUEST,
  type ErrorCodeValue,
  EvenPort,
  hasAttribute,
  INSUFFICIENT_CAPACITY,
  RequestedAddressFamily,
  ReservationToken,
  readAttribute,
  type StunMessage,
} from '../../stun/index.ts';
import type { RelayPortChoice } from '../actions.ts';
import type { AuthenticatedRequest } from '../request.ts';
import type { Reservation } from '../reservations.ts';
import type { ServerState } from '../server-state.ts';

/** Which relayed transport addresses an Allocate asks for. */
export interface AllocateWish {
  readonly family: AddressFamily;
  readonly additionalFamily?: AddressFamily;
  readonly port: RelayPortChoice;
  /** Between relay and peers; absent: UDP. */
  readonly relayTransport?: 'tcp';
  /** The port that is held for this request. */
  readonly reservation?: Reservation;
}

/** Steps 4 to 9 of RFC 8656 §7.2, in its order: the wish, or the error that it is answered with. */
export function readAllocateWish(state: ServerState, request: AuthenticatedRequest): AllocateWish | ErrorCodeValue {
  const { message, identity, now } = request;
  // 4. DONT-FRAGMENT is not supported: it is not in the codec, and was answered with 420.

  // 5. A token names the port; whatever else says something about it contradicts it.
  const token = readAttribute(message, ReservationToken);
  if (token !== undefined) {
    if (saysMoreThanToken(message)) return BAD_REQUEST;
    const reservation = state.reservations.find(token, identity, now.monotonic);
    if (reservation === undefined) return INSUFFICIENT_CAPACITY;
    return { family: reservation.family, port: 'any', reservation };
  }

  // 6. One of the two ways to name families.
  const additional = readAttribute(message, AdditionalAddressFamily);
  if (additional !== undefined && hasAttribute(message, RequestedAddressFamily)) return BAD_REQUEST;

  // 7. The family, IPv4 where none is asked for.
  const family = addressFamilyOf(readAttribute(message, RequestedAddressFamily) ?? ADDRESS_FAMILY_IPV4);
  if (family === undefined) return ADDRESS_FAMILY_NOT_SUPPORTED;

  // 8. EVEN-PORT; the port after it can be held for one address only.
  const evenPort = readAttribute(message, EvenPort);
  if (evenPort?.reserveNext === true && additional !== undefined) return BAD_REQUEST;
  const port = evenPort === undefined ? 'any' : evenPort.reserveNext ? 'evenAndNext' : 'even';

  // 9. The additional family beside IPv4 can only be IPv6.
  if (additional === undefined) return { family, port };
  return additional === ADDRESS_FAMILY_IPV6 ? { family, additionalFamily: 6, port } : BAD_REQUEST;
}

function saysMoreThanToken(message: StunMessage): boolean {
  return (
    hasAttribute(message, EvenPort) ||
    hasAttribute(message, RequestedAddressFamily) ||
    hasAttribute(message, AdditionalAddressFamily)
  );
}
