// Mutations that know where a STUN message has its attributes, so that most results get past the first checks.
import { MAGIC_COOKIE, STUN_HEADER_LENGTH } from '@pinhole/protocol';
import { concatenated, mutateBytes } from './mutate-bytes.ts';
import type { Random } from './random.ts';

/** Every attribute that some RFC gives a meaning in STUN or TURN, and one of each unassigned half. */
const TYPES: readonly [number, ...number[]] = [
  0x0001, 0x0003, 0x0006, 0x0008, 0x0009, 0x000a, 0x000c, 0x000d, 0x0012, 0x0013, 0x0014, 0x0015, 0x0016, 0x0017,
  0x0018, 0x0019, 0x001a, 0x001b, 0x001c, 0x001d, 0x001e, 0x0020, 0x0022, 0x002a, 0x7fff, 0x8000, 0x8001, 0x8002,
  0x8003, 0x8004, 0x8022, 0x8023, 0x8028, 0x8030, 0xffff,
];

/** Requests, indications and answers of every method, and one of none. */
const MESSAGE_TYPES: readonly [number, ...number[]] = [
  0x0001, 0x0003, 0x0004, 0x0008, 0x0009, 0x000a, 0x000b, 0x0011, 0x0016, 0x0017, 0x001c, 0x0101, 0x0103, 0x0111,
  0x0113, 0x0ffe,
];

/** An attribute with its header and padding. */
type Attribute = Uint8Array;

export function mutateStun(input: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  if (random.chance(0.25) || input.length < STUN_HEADER_LENGTH) return mutateBytes(input, other, random);
  const attributes = mutateAttributes(cut(input), cut(other), random);
  const message = concatenated([input.subarray(0, STUN_HEADER_LENGTH), ...attributes]);
  if (random.chance(0.15)) write16(message, 0, random.pick(MESSAGE_TYPES));
  if (random.chance(0.9)) write16(message, 2, message.length - STUN_HEADER_LENGTH);
  if (random.chance(0.9)) for (let i = 0; i < 4; i++) message[4 + i] = MAGIC_COOKIE >>> (24 - 8 * i);
  return message;
}

/** The same on attributes alone, whose message somebody else makes. */
export function mutateAttributeBytes(input: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  if (random.chance(0.25)) return mutateBytes(input, other, random);
  return concatenated(mutateAttributes(cut(input, 0), cut(other, 0), random));
}

function mutateAttributes(attributes: Attribute[], others: readonly Attribute[], random: Random): readonly Attribute[] {
  const at = random.below(attributes.length + 1);
  const one = attributes[at] ?? anyAttribute(random);
  switch (random.below(8)) {
    case 0:
      return attributes.toSpliced(at, 1);
    case 1:
      return attributes.toSpliced(at, 0, one);
    case 2:
      return attributes.toSpliced(at, 0, anyAttribute(random));
    case 3:
      return attributes.toSpliced(at, 0, ...others.slice(random.below(others.length + 1)).slice(0, 2));
    case 4:
      return attributes.toSpliced(at, 1, withType(one, random.pick(TYPES)));
    case 5:
      return attributes.toSpliced(at, 1, withLength(one, random));
    case 6:
      return Array.from({ length: 1 + random.below(70) }, () => one);
    default:
      return attributes.toSpliced(at, 1, mutateBytes(one, one, random));
  }
}

/** Cuts where the declared lengths say, for as long as they make sense. */
function cut(message: Uint8Array, start: number = STUN_HEADER_LENGTH): Attribute[] {
  const attributes: Attribute[] = [];
  let offset = start;
  while (offset + 4 <= message.length) {
    const end = offset + 4 + ((read16(message, offset + 2) + 3) & ~3);
    attributes.push(message.slice(offset, end));
    offset = end;
  }
  return attributes;
}

function anyAttribute(random: Random): Attribute {
  const length = random.pick([0, 1, 2, 4, 8, 12, 20, 32, random.below(300), random.below(900)]);
  const bytes = concatenated([new Uint8Array(4), random.bytes(length), new Uint8Array((4 - (length % 4)) % 4)]);
  write16(bytes, 0, random.pick(TYPES));
  write16(bytes, 2, length);
  return bytes;
}

function withType(attribute: Attribute, type: number): Attribute {
  const copy = attribute.slice();
  if (copy.length >= 2) write16(copy, 0, type);
  return copy;
}

function withLength(attribute: Attribute, random: Random): Attribute {
  const copy = attribute.slice();
  if (copy.length >= 4) write16(copy, 2, random.pick([0, 1, 4, read16(copy, 2) + 1, read16(copy, 2) - 1, 0xffff]));
  return copy;
}

function read16(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0);
}

function write16(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 8;
  bytes[offset + 1] = value;
}
