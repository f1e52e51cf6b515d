// Mutations that know nothing of what the bytes mean.
import type { Random } from './random.ts';

type Mutation = (input: Uint8Array, other: Uint8Array, random: Random) => Uint8Array;

/** Where lengths are read: around signs, powers of two and what fits a field. */
const TELLING: readonly [number, ...number[]] = [0, 1, 3, 4, 7, 8, 16, 20, 24, 63, 64, 127, 128, 252, 253, 254, 255];

const MUTATIONS: readonly [Mutation, ...Mutation[]] = [
  (input, _other, random) => changed(input, random.below(input.length), (byte) => byte ^ (1 << random.below(8))),
  (input, _other, random) => changed(input, random.below(input.length), () => random.below(256)),
  (input, _other, random) => changed(input, random.below(input.length), () => random.pick(TELLING)),
  (input, _other, random) => input.slice(0, random.below(input.length + 1)),
  (input, _other, random) => spliced(input, random.below(input.length + 1), 0, random.bytes(1 + random.below(8))),
  (input, _other, random) => spliced(input, random.below(input.length + 1), random.below(16), new Uint8Array(0)),
  (input, other, random) => spliced(input, random.below(input.length + 1), input.length, rest(other, random)),
  (input, _other, random) => spliced(input, random.below(input.length + 1), 0, rest(input, random).slice(0, 64)),
];

export const mutateBytes: Mutation = (input, other, random) => random.pick(MUTATIONS)(input, other, random);

/** Takes out `count` bytes at `offset` and puts others there. */
export function spliced(bytes: Uint8Array, offset: number, count: number, put: Uint8Array): Uint8Array {
  return concatenated([bytes.subarray(0, offset), put, bytes.subarray(offset + count)]);
}

export function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function changed(bytes: Uint8Array, offset: number, change: (byte: number) => number): Uint8Array {
  const copy = bytes.slice();
  if (offset < copy.length) copy[offset] = change(copy[offset] ?? 0);
  return copy;
}

function rest(bytes: Uint8Array, random: Random): Uint8Array {
  return bytes.subarray(random.below(bytes.length + 1));
}
