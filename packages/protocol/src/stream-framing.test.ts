import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { encodeChannelData } from './channel-data.ts';
import { StreamFramer } from './stream-framing.ts';
import { anyMessage } from './stun/arbitrary.test.support.ts';
import { encodeStun, isConnectionBindRequest } from './stun/index.ts';

const anyFrame = fc.oneof(
  anyMessage().map(({ message }) => ({ frame: encodeStun(message), wire: encodeStun(message) })),
  fc
    .record({ channel: fc.integer({ min: 0x4000, max: 0x7fff }), data: fc.uint8Array({ maxLength: 200 }) })
    .map(({ channel, data }) => ({
      frame: encodeChannelData(channel, data, { padded: false }),
      wire: encodeChannelData(channel, data, { padded: true }),
    })),
);

describe('cutting a TURN stream into messages', () => {
  test('looks no further than a frame to pause after, and gives the rest as it came, or goes on with it', () => {
    const bind = encodeStun({
      messageClass: 'request',
      method: 0x00b,
      transactionId: new Uint8Array(12),
      attributes: [],
    });
    const framer = new StreamFramer({ pauseAfter: isConnectionBindRequest });
    const first = framer.push(Buffer.concat([bind, bind]));
    assert.deepEqual([first.frames.map(toHex), first.isPaused], [[toHex(bind)], true]);
    const noTurn = Uint8Array.of(0xff, 1, 2);
    const second = framer.push(noTurn);
    assert.deepEqual([second.frames.map(toHex), second.isPaused], [[toHex(bind)], true]);
    assert.equal(toHex(framer.takeRest()), toHex(noTurn));
    assert.equal(framer.pendingByteLength, 0);
  });

  test('gives the same frames however the stream is split', () => {
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 6 }), fc.array(fc.integer({ min: 1, max: 40 })), (frames, sizes) => {
        const stream = Buffer.concat(frames.map(({ wire }) => wire));
        const framer = new StreamFramer();
        const seen: Uint8Array[] = [];
        for (let offset = 0, i = 0; offset < stream.length; i++) {
          const size = sizes.length === 0 ? 1 : (sizes[i % sizes.length] ?? 1);
          const { frames: cut, failure } = framer.push(stream.subarray(offset, offset + size));
          assert.equal(failure, undefined);
          seen.push(...cut.map((frame) => frame.slice()));
          offset += size;
        }
        assert.deepEqual(
          seen.map(toHex),
          frames.map(({ frame }) => toHex(frame)),
        );
        assert.equal(framer.pendingByteLength, 0);
      }),
    );
  });

  test('keeps the start of an unfinished message, and says how much', () => {
    const framer = new StreamFramer();
    assert.deepEqual(framer.push(Uint8Array.of(0x40, 0x00, 0x00, 0x04, 1, 2)), { frames: [] });
    assert.equal(framer.pendingByteLength, 6);
    assert.equal(framer.push(Uint8Array.of(3, 4)).frames.length, 1);
    assert.equal(framer.pendingByteLength, 0);
  });

  const failures: [string, number[]][] = [
    ['notTurn', [0x80]],
    ['notTurn', [0xff, 0, 0, 0]],
    ['badLength', [0x00, 0x01, 0x00, 0x01]],
    ['badMagicCookie', [0x00, 0x01, 0x00, 0x00, 1, 2, 3, 4]],
  ];
  for (const [failure, bytes] of failures) {
    test(`stops for good with ${failure} on ${Buffer.from(bytes).toString('hex')}`, () => {
      const framer = new StreamFramer();
      assert.equal(framer.push(Uint8Array.from(bytes)).failure, failure);
      assert.equal(framer.push(encodeChannelData(0x4000, new Uint8Array(4), { padded: true })).failure, failure);
    });
  }

  test('a ChannelData length of 0xFFFF does not wrap', () => {
    const framer = new StreamFramer();
    assert.deepEqual(framer.push(Uint8Array.of(0x40, 0x00, 0xff, 0xff)), { frames: [] });
    assert.equal(framer.push(new Uint8Array(0xffff + 1)).frames[0]?.length, 4 + 0xffff);
  });
});

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
