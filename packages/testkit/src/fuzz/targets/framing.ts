import assert from 'node:assert/strict';
import { StreamFramer } from '@pinhole/protocol';
import { concatenated, mutateBytes } from '../mutate-bytes.ts';
import { mutateStun } from '../mutate-stun.ts';
import type { FuzzTarget } from '../target.ts';
import { sampleChannelData, sampleMessages } from './samples.ts';

/** Header and the largest length that 16 bits hold, rounded up: the most that one unfinished message can be. */
const MOST_PENDING = 20 + 0xffff;

/**
 * Framing of a stream: however the network cuts it, the same frames come out in the same order, none of them holds bytes
 * that were not sent, and what waits is bounded. The first byte of an input says how large the pieces are.
 */
export const framingTarget: FuzzTarget = {
  name: 'framing',
  seeds: () => {
    const frames = [...sampleMessages(), ...sampleChannelData(true)];
    return [...frames, concatenated(frames)].map((stream) => concatenated([Uint8Array.of(3), stream]));
  },
  mutate: (input, other, random) => {
    if (random.chance(0.3)) return mutateBytes(input, other, random);
    if (random.chance(0.3)) return concatenated([input, other.subarray(1)]);
    return concatenated([input.subarray(0, 1), mutateStun(input.subarray(1), other.subarray(1), random)]);
  },
  *run(input) {
    const size = 1 + ((input[0] ?? 0) % 64);
    const stream = input.subarray(1);
    const whole = frame([stream]);
    assert.deepEqual(frame(pieces(stream, size)), whole, `cut by ${size} it reads differently`);
    assert.deepEqual(frame(pieces(stream, 1)), whole, 'byte by byte it reads differently');
    checkOrder(stream, whole.frames);
    yield `${Math.min(whole.frames.length, 5)} frames, ${whole.failure ?? 'sound'}`;
  },
};

interface Framed {
  readonly frames: readonly Uint8Array[];
  readonly failure: string | undefined;
}

function frame(chunks: readonly Uint8Array[]): Framed {
  const framer = new StreamFramer();
  const frames: Uint8Array[] = [];
  let failure: string | undefined;
  for (const chunk of chunks) {
    const pushed = framer.push(chunk);
    assert.ok(failure === undefined || pushed.frames.length === 0, 'frames after the stream has failed');
    frames.push(...pushed.frames.map((bytes) => new Uint8Array(bytes)));
    failure = pushed.failure;
    assert.ok(framer.pendingByteLength <= MOST_PENDING, 'more waits than one message');
  }
  return { frames, failure };
}

function pieces(stream: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(stream.length / size) }, (_, i) => stream.subarray(i * size, (i + 1) * size));
}

/** Frames follow each other in the stream with at most three bytes of padding between. */
function checkOrder(stream: Uint8Array, frames: readonly Uint8Array[]): void {
  let offset = 0;
  for (const bytes of frames) {
    assert.deepEqual(bytes, stream.slice(offset, offset + bytes.length), 'a frame is not what was sent');
    offset += (bytes.length + 3) & ~3;
  }
  assert.ok(offset <= stream.length + 3);
}
