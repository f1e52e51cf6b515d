import { type AttributeCodec, decodeMessageType, ErrorCode, MAGIC_COOKIE, type MessageClass } from '@pinhole/protocol';

interface AnswerAttribute {
  readonly type: number;
  readonly value: Buffer;
  readonly padding: Buffer;
}

/**
 * A STUN message from the server, read leniently: what a server of any make sends is evidence, and a strict decoder
 * would throw half of it away.
 */
export class Answer {
  readonly bytes: Buffer;
  readonly messageClass: MessageClass;
  readonly method: number;
  readonly attributes: readonly AnswerAttribute[];

  private constructor(bytes: Buffer) {
    const { messageClass, method } = decodeMessageType(bytes.readUInt16BE(0));
    this.bytes = bytes;
    this.messageClass = messageClass;
    this.method = method;
    this.attributes = readAttributes(bytes);
  }

  /** `undefined` for anything but STUN. */
  static read(bytes: Buffer): Answer | undefined {
    const isStun = bytes.length >= 20 && (bytes[0] ?? 0xff) < 0x40 && bytes.readUInt32BE(4) === MAGIC_COOKIE;
    return isStun ? new Answer(bytes) : undefined;
  }

  get transactionId(): Buffer {
    return this.bytes.subarray(8, 20);
  }

  get isSuccess(): boolean {
    return this.messageClass === 'success';
  }

  get errorCode(): number | undefined {
    return this.messageClass === 'error' ? this.get(ErrorCode)?.code : undefined;
  }

  get<T>(codec: AttributeCodec<T>): T | undefined {
    const value = this.raw(codec.type);
    return value === undefined ? undefined : codec.decode(value, this.transactionId);
  }

  raw(type: number): Buffer | undefined {
    return this.attributes.find((attribute) => attribute.type === type)?.value;
  }
}

/** `success`, `401`, `no answer`: an answer in one word. */
export function inAWord(answer: Answer | undefined): string {
  if (answer === undefined) return 'no answer';
  return answer.isSuccess ? 'success' : String(answer.errorCode ?? answer.messageClass);
}

function readAttributes(bytes: Buffer): AnswerAttribute[] {
  const attributes: AnswerAttribute[] = [];
  for (let offset = 20; offset + 4 <= bytes.length; ) {
    const start = offset + 4;
    const end = start + bytes.readUInt16BE(offset + 2);
    const next = start + Math.ceil((end - start) / 4) * 4;
    attributes.push({
      type: bytes.readUInt16BE(offset),
      value: bytes.subarray(start, end),
      padding: bytes.subarray(end, next),
    });
    offset = next;
  }
  return attributes;
}
