import type { AttributeCodec } from '../attribute.ts';
import { AdditionalAddressFamily } from './additional-address-family.ts';
import { AddressErrorCode } from './address-error-code.ts';
import { AlternateServer } from './alternate-server.ts';
import { ChangeRequest } from './change-request.ts';
import { ChannelNumber } from './channel-number.ts';
import { ConnectionId } from './connection-id.ts';
import { Data } from './data.ts';
import { ErrorCode } from './error-code.ts';
import { EvenPort } from './even-port.ts';
import { Fingerprint } from './fingerprint.ts';
import { Lifetime } from './lifetime.ts';
import { MessageIntegrity } from './message-integrity.ts';
import { MessageIntegritySha256 } from './message-integrity-sha256.ts';
import { MobilityTicket } from './mobility-ticket.ts';
import { Nonce } from './nonce.ts';
import { OtherAddress } from './other-address.ts';
import { PasswordAlgorithm, PasswordAlgorithms } from './password-algorithm.ts';
import { Realm } from './realm.ts';
import { RequestedAddressFamily } from './requested-address-family.ts';
import { RequestedTransport } from './requested-transport.ts';
import { ReservationToken } from './reservation-token.ts';
import { ResponseOrigin } from './response-origin.ts';
import { Software } from './software.ts';
import { UnknownAttributes } from './unknown-attributes.ts';
import { Username } from './username.ts';
import { XorMappedAddress } from './xor-mapped-address.ts';
import { XorPeerAddress } from './xor-peer-address.ts';
import { XorRelayedAddress } from './xor-relayed-address.ts';

export * from './additional-address-family.ts';
export * from './address-error-code.ts';
export * from './alternate-server.ts';
export * from './change-request.ts';
export * from './channel-number.ts';
export * from './connection-id.ts';
export * from './data.ts';
export * from './error-code.ts';
export * from './even-port.ts';
export * from './fingerprint.ts';
export * from './lifetime.ts';
export * from './message-integrity.ts';
export * from './message-integrity-sha256.ts';
export * from './mobility-ticket.ts';
export * from './nonce.ts';
export * from './other-address.ts';
export * from './password-algorithm.ts';
export * from './realm.ts';
export * from './requested-address-family.ts';
export * from './requested-transport.ts';
export * from './reservation-token.ts';
export * from './response-origin.ts';
export * from './software.ts';
export * from './unknown-attributes.ts';
export * from './userhash.ts';
export * from './username.ts';
export * from './xor-mapped-address.ts';
export * from './xor-peer-address.ts';
export * from './xor-relayed-address.ts';

/**
 * Every attribute that is understood. A comprehension-required attribute outside this list is answered with 420, so
 * an attribute joins it together with the code that obeys it.
 */
export const ATTRIBUTE_CODECS: readonly AttributeCodec<unknown>[] = [
  AlternateServer,
  ChangeRequest,
  AdditionalAddressFamily,
  AddressErrorCode,
  ChannelNumber,
  ConnectionId,
  Data,
  ErrorCode,
  EvenPort,
  Fingerprint,
  Lifetime,
  MessageIntegrity,
  MessageIntegritySha256,
  MobilityTicket,
  Nonce,
  OtherAddress,
  PasswordAlgorithm,
  PasswordAlgorithms,
  Realm,
  RequestedAddressFamily,
  RequestedTransport,
  ResponseOrigin,
  ReservationToken,
  Software,
  UnknownAttributes,
  Username,
  XorMappedAddress,
  XorPeerAddress,
  XorRelayedAddress,
] as readonly AttributeCodec<unknown>[];
