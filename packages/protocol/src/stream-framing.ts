import { padTo4, readUint16, readUint32 } from './bytes.ts';
import { CHANNEL_DATA_HEADER_LENGTH, isChannelData, isChannelNumber } from './channel-data.ts';
import { MAGIC_COOKIE, STUN_HEADER_LENGTH } from './classify.ts';

/** Why a byte stream stopped being a TURN stream. There is no way to find the next message, so the connection ends. */
export type StreamFailure = 'notTurn' | 'badMagicCookie' | 'badLength' | 'badChannelNumber';

/** What one push of bytes completed. Frames are views; those of an unbroken read share its memory. */
export interface FramedBytes {
  readonly frames: readonly Uint8Array[];
  readonly failure?: StreamFailure;
  /** The last frame is one to pause after. More frames may have come; the next push gives them. */
  readonly isPaused?: true;
}

export interface StreamFramerOptions {
  /** Behind which frames the stream may stop being TURN: what follows them is not looked at before the next push. */
  readonly pauseAfter?: (frame: Uint8Array) => boolean;
}

/**
 * Cuts a TURN-over-TCP or -TLS byte stream into STUN messages and ChannelData (RFC 8656 §3.1, §12.5; RFC 8489 §6.2.2).
 *
 * At most one unfinished message is kept (65,555 bytes at the very most, since both length fields are 16 bits), so
 * what a peer can make us hold is bounded. A ChannelData frame is handed on without its padding.
 */
export class StreamFramer {
  #pending: Uint8Array = new Uint8Array(0);
  #failure: StreamFailure | undefined;
  readonly #pauseAfter: (frame: Uint8Array) => boolean;

  constructor({ pauseAfter = () => false }: StreamFramerOptions = {}) {
    this.#pauseAfter = pauseAfter;
  }

  /** Bytes of a message that has begun and not ended: above zero means that the peer owes us more. */
  get pendingByteLength(): number {
    return this.#pending.length;
  }

  /** Takes out what was pushed and is in no frame yet, for whom it is no TURN. */
  takeRest(): Uint8Array {
    const rest = this.#pending;
    this.#pending = new Uint8Array(0);
    return rest;
  }

  push(chunk: Uint8Array): FramedBytes {
    if (this.#failure !== undefined) return { frames: [], failure: this.#failure };
    const bytes = this.#pending.length === 0 ? chunk : concat(this.#pending, chunk);
    const frames: Uint8Array[] = [];
    let offset = 0;
    while (offset < bytes.length) {
      const next = measure(bytes, offset);
      if (next === 'incomplete') break;
      if (typeof next === 'string') {
        this.#failure = next;
        this.#pending = new Uint8Array(0);
        return { frames, failure: next };
      }
      if (offset + next.paddedLength > bytes.length) break;
      const frame = bytes.subarray(offset, offset + next.length);
      frames.push(frame);
      offset += next.paddedLength;
      if (this.#pauseAfter(frame)) {
        this.#pending = bytes.slice(offset);
        return { frames, isPaused: true };
      }
    }
    // A copy, so that a few waiting bytes do not keep a whole read buffer alive.
    this.#pending = bytes.slice(offset);
    return { frames };
  }
}

interface FrameLength {
  readonly length: number;
  readonly paddedLength: number;
}

function measure(bytes: Uint8Array, offset: number): FrameLength | StreamFailure | 'incomplete' {
  const available = bytes.length - offset;
  const first = bytes[offset] ?? 0;
  if (first >= 0x80) return 'notTurn';
  if (available < 4) return 'incomplete';
  if (isChannelData(bytes.subarray(offset))) {
    if (!isChannelNumber(readUint16(bytes, offset))) return 'badChannelNumber';
    const length = CHANNEL_DATA_HEADER_LENGTH + readUint16(bytes, offset + 2);
    return { length, paddedLength: padTo4(length) };
  }
  const attributesLength = readUint16(bytes, offset + 2);
  if (attributesLength % 4 !== 0) return 'badLength';
  if (available >= 8 && readUint32(bytes, offset + 4) !== MAGIC_COOKIE) return 'badMagicCookie';
  if (available < STUN_HEADER_LENGTH) return 'incomplete';
  const length = STUN_HEADER_LENGTH + attributesLength;
  return { length, paddedLength: length };
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
