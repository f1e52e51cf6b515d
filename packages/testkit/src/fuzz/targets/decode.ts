import assert from 'node:assert/strict';
import { decodeChannelData, decodeStun, MAX_ATTRIBUTES, STUN_HEADER_LENGTH, type StunMessage } from '@pinhole/protocol';
import { mutateStun } from '../mutate-stun.ts';
import type { FuzzTarget } from '../target.ts';
import { sampleChannelData, sampleMessages } from './samples.ts';

/** Decoding of one datagram: gives a message or a reason, never throws, and never reads beyond the datagram. */
export const decodeTarget: FuzzTarget = {
  name: 'decode',
  seeds: () => [...sampleMessages(), ...sampleChannelData(false)],
  mutate: mutateStun,
  *run(input) {
    const before = input.slice();
    checkChannelData(input);
    const result = decodeStun(input);
    assert.deepEqual(input, before, 'decoding changed the input');
    if (!result.ok) {
      assert.ok(result.failure.offset <= input.length, 'the failure is placed outside the input');
      return yield `failure ${result.failure.reason}`;
    }
    checkMessage(input, result.message);
    const { messageClass, method } = result.message;
    yield `${messageClass} ${method < 16 ? method : 'of no known method'}`;
    for (const { type, value } of result.message.attributes) yield `${type} ${value === undefined ? 'bad' : 'good'}`;
  },
};

function checkMessage(input: Uint8Array, message: StunMessage): void {
  const { attributes, unknownRequired, malformed, integrityOffset } = message;
  assert.equal(message.transactionId.length, 12);
  assert.ok(attributes.length + unknownRequired.length <= MAX_ATTRIBUTES, 'more attributes than the bound');
  assert.equal(malformed.length, attributes.filter(({ value }) => value === undefined).length);
  if (integrityOffset === undefined) return;
  assert.ok(integrityOffset >= STUN_HEADER_LENGTH && integrityOffset + 4 <= input.length, 'integrity out of bounds');
}

function checkChannelData(input: Uint8Array): void {
  const decoded = decodeChannelData(input);
  if (decoded === undefined) return;
  assert.ok(decoded.channelNumber >= 0x4000 && decoded.channelNumber <= 0x7fff);
  assert.deepEqual(decoded.data, input.subarray(4, 4 + decoded.data.length), 'data from elsewhere');
}
