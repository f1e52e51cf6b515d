import type { AttributeCodec } from '../attribute.ts';
import { ErrorCode, type ErrorCodeValue } from './error-code.ts';

export interface AddressErrorCodeValue {
  /** The wire's name of the family that could not be had. */
  readonly family: number;
  readonly error: ErrorCodeValue;
}

/** Why one of two relayed transport addresses could not be had (RFC 8656 §18.13): ERROR-CODE with a family in byte 0. */
export const AddressErrorCode: AttributeCodec<AddressErrorCodeValue> = {
  type: 0x8001,
  name: 'ADDRESS-ERROR-CODE',
  decode(value, transactionId) {
    const error = ErrorCode.decode(value, transactionId);
    return error === undefined ? undefined : { family: value[0] ?? 0, error };
  },
  encode({ family, error }, transactionId) {
    const bytes = ErrorCode.encode(error, transactionId);
    bytes[0] = family;
    return bytes;
  },
};
