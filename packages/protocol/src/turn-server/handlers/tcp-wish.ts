import {
  ADDRESS_FAMILY_IPV4,
  ADDRESS_FAMILY_NOT_SUPPORTED,
  AdditionalAddressFamily,
  addressFamilyOf,
  BAD_REQUEST,
  type ErrorCodeValue,
  EvenPort,
  hasAttribute,
  MOBILITY_FORBIDDEN,
  MobilityTicket,
  RequestedAddressFamily,
  RequestedTransport,
  ReservationToken,
  readAttribute,
  TRANSPORT_TCP,
  TRANSPORT_UDP,
  UNSUPPORTED_TRANSPORT,
} from '../../stun/index.ts';
import type { AuthenticatedRequest } from '../request.ts';
import type { ServerState } from '../server-state.ts';
import type { AllocateWish } from './allocate-wish.ts';

/** What goes between relay and peers. TCP needs that the app may have it, and a client that came by TCP (RFC 6062 §5.1). */
export function readRelayTransport(
  { options }: ServerState,
  { message, fiveTuple, identity }: AuthenticatedRequest,
): 'udp' | 'tcp' | ErrorCodeValue {
  const transport = readAttribute(message, RequestedTransport);
  if (transport === undefined) return BAD_REQUEST;
  if (transport === TRANSPORT_UDP) return 'udp';
  const mayHaveTcp = transport === TRANSPORT_TCP && options.tcpRelay?.(identity.appId) === true;
  if (!mayHaveTcp) return UNSUPPORTED_TRANSPORT;
  return fiveTuple.transport === 'udp' ? BAD_REQUEST : 'tcp';
}

/** A TCP allocation has one relayed address, and no ports in pairs (RFC 6062 §5.1). DONT-FRAGMENT was answered with 420. */
export function readTcpWish({ message }: AuthenticatedRequest): AllocateWish | ErrorCodeValue {
  const saysMore =
    hasAttribute(message, EvenPort) ||
    hasAttribute(message, ReservationToken) ||
    hasAttribute(message, AdditionalAddressFamily);
  if (saysMore) return BAD_REQUEST;
  // Its connections are joined with streams that do not move with the client.
  if (hasAttribute(message, MobilityTicket)) return MOBILITY_FORBIDDEN;
  const family = addressFamilyOf(readAttribute(message, RequestedAddressFamily) ?? ADDRESS_FAMILY_IPV4);
  return family === undefined ? ADDRESS_FAMILY_NOT_SUPPORTED : { family, port: 'any', relayTransport: 'tcp' };
}
