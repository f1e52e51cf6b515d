import type { ErrorCodeValue } from './attributes/error-code.ts';

/** The error responses that the server gives (RFC 8489 §14.8, RFC 8656 §19, RFC 6062 §6.3), each once. */
export const TRY_ALTERNATE: ErrorCodeValue = { code: 300, reasonPhrase: 'Try Alternate' };
export const BAD_REQUEST: ErrorCodeValue = { code: 400, reasonPhrase: 'Bad Request' };
export const UNAUTHENTICATED: ErrorCodeValue = { code: 401, reasonPhrase: 'Unauthenticated' };
export const FORBIDDEN: ErrorCodeValue = { code: 403, reasonPhrase: 'Forbidden' };
export const MOBILITY_FORBIDDEN: ErrorCodeValue = { code: 405, reasonPhrase: 'Mobility Forbidden' };
export const UNKNOWN_ATTRIBUTE: ErrorCodeValue = { code: 420, reasonPhrase: 'Unknown Attribute' };
export const ALLOCATION_MISMATCH: ErrorCodeValue = { code: 437, reasonPhrase: 'Allocation Mismatch' };
export const STALE_NONCE: ErrorCodeValue = { code: 438, reasonPhrase: 'Stale Nonce' };
export const ADDRESS_FAMILY_NOT_SUPPORTED: ErrorCodeValue = { code: 440, reasonPhrase: 'Address Family not Supported' };
export const WRONG_CREDENTIALS: ErrorCodeValue = { code: 441, reasonPhrase: 'Wrong Credentials' };
export const UNSUPPORTED_TRANSPORT: ErrorCodeValue = { code: 442, reasonPhrase: 'Unsupported Transport Protocol' };
export const PEER_ADDRESS_FAMILY_MISMATCH: ErrorCodeValue = { code: 443, reasonPhrase: 'Peer Address Family Mismatch' };
export const CONNECTION_ALREADY_EXISTS: ErrorCodeValue = { code: 446, reasonPhrase: 'Connection Already Exists' };
export const CONNECTION_TIMEOUT_OR_FAILURE: ErrorCodeValue = {
  code: 447,
  reasonPhrase: 'Connection Timeout or Failure',
};
export const ALLOCATION_QUOTA_REACHED: ErrorCodeValue = { code: 486, reasonPhrase: 'Allocation Quota Reached' };
export const INSUFFICIENT_CAPACITY: ErrorCodeValue = { code: 508, reasonPhrase: 'Insufficient Capacity' };
