import fc from 'fast-check';
import { formatIp, type TransportAddress } from '../address.ts';
import { nodeCrypto } from '../node-crypto.ts';
import {
  type AttributeCodec,
  attribute,
  ChannelNumber,
  Data,
  ErrorCode,
  Lifetime,
  MESSAGE_CLASSES,
  type MessageToEncode,
  Nonce,
  PasswordAlgorithms,
  Realm,
  RequestedTransport,
  UnknownAttributes,
  Username,
  XorMappedAddress,
  XorPeerAddress,
  XorRelayedAddress,
} from './index.ts';

export function anyAddress(): fc.Arbitrary<TransportAddress> {
  const ip = fc.oneof(
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
    // Addresses with runs of zeros, where the canonical text is hard.
    fc.array(fc.constantFrom(0, 0, 0, 1, 255), { minLength: 16, maxLength: 16 }).map((bytes) => Uint8Array.from(bytes)),
  );
  return fc.record({ ip, port: fc.nat(0xffff) }).map(({ ip: bytes, port }) => {
    const family = bytes.length === 4 ? 4 : 6;
    return { family, ip: formatIp(bytes), port };
  });
}

interface Expectation {
  readonly codec: AttributeCodec<unknown>;
  readonly value: unknown;
}

function anyOf<T>(codec: AttributeCodec<T>, value: fc.Arbitrary<T>): fc.Arbitrary<Expectation> {
  return value.map((v) => ({ codec: codec as AttributeCodec<unknown>, value: v }));
}

// Printable ASCII: control characters are not allowed in these.
const text = fc.string({ maxLength: 60 });

const anyAttribute: fc.Arbitrary<Expectation> = fc.oneof(
  anyOf(ChannelNumber, fc.nat(0xffff)),
  anyOf(Data, fc.uint8Array({ maxLength: 100 })),
  anyOf(
    ErrorCode,
    fc.record({ code: fc.integer({ min: 300, max: 699 }), reasonPhrase: text }, { noNullPrototype: true }),
  ),
  anyOf(Lifetime, fc.nat(0xffff_ffff)),
  anyOf(Nonce, text),
  anyOf(
    PasswordAlgorithms,
    fc.array(
      fc.record({ algorithm: fc.nat(0xffff), parameters: fc.uint8Array({ maxLength: 9 }) }, { noNullPrototype: true }),
      { minLength: 1, maxLength: 4 },
    ),
  ),
  anyOf(Realm, text),
  anyOf(RequestedTransport, fc.nat(255)),
  anyOf(UnknownAttributes, fc.array(fc.nat(0xffff), { maxLength: 10 })),
  anyOf(Username, text),
  anyOf(XorMappedAddress, anyAddress()),
  anyOf(XorPeerAddress, anyAddress()),
  anyOf(XorRelayedAddress, anyAddress()),
);

/** A message with distinct attributes, and what reading each should give. */
export function anyMessage(): fc.Arbitrary<{ message: MessageToEncode; expected: readonly Expectation[] }> {
  return fc
    .record({
      messageClass: fc.constantFrom(...MESSAGE_CLASSES),
      method: fc.nat(0xfff),
      transactionId: fc.uint8Array({ minLength: 12, maxLength: 12 }),
      expected: fc.uniqueArray(anyAttribute, { selector: ({ codec }) => codec.type, maxLength: 8 }),
      key: fc.option(fc.uint8Array({ minLength: 1, maxLength: 32 })),
      hash: fc.constantFrom('sha1' as const, 'sha256' as const),
      fingerprint: fc.boolean(),
    })
    .map(({ expected, key, hash, ...header }) => ({
      expected,
      message: {
        ...header,
        attributes: expected.map(({ codec, value }) => attribute(codec, value)),
        ...(key === null ? {} : { integrity: { key, hash, crypto: nodeCrypto } }),
      },
    }));
}
