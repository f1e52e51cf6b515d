import { randomBytes } from 'node:crypto';
import { METHOD_BINDING } from '@pinhole/protocol';
import { Answer } from './answer.ts';
import type { Inbox } from './inbox.ts';
import { packet } from './packet.ts';

/** One client's way to the server: a UDP socket, or a TCP or TLS connection. */
export interface Link extends AsyncDisposable {
  readonly transport: 'udp' | 'tcp' | 'tls';
  /** Whole messages: datagrams, or the frames of a stream. */
  readonly inbox: Inbox<Buffer>;
  readonly isClosed: boolean;
  send(bytes: Uint8Array): void;
}

/** Enough for a busy machine; a server that needs longer has stopped serving. */
export const ANSWER_MS = 2000;
/** What may still be on its way after a later request was answered. */
const GRACE_MS = 60;
const SENDS = 3;

/** Sends a request and takes the answer of its transaction. Over UDP it is sent again, as clients do. */
export async function ask(link: Link, request: Buffer, sends: number = SENDS): Promise<Answer | undefined> {
  const transactionId = request.subarray(8, 20);
  for (let i = 0; i < (link.transport === 'udp' ? sends : 1); i++) {
    link.send(request);
    const bytes = await link.inbox.take(
      (item) => belongsTo(item, transactionId),
      ANSWER_MS / sends,
      () => link.isClosed,
    );
    if (bytes !== undefined) return Answer.read(bytes);
  }
  return undefined;
}

export function newTransactionId(): Buffer {
  return randomBytes(12);
}

export function bindingRequest(): Buffer {
  return packet({ method: METHOD_BINDING, transactionId: newTransactionId() });
}

/** Whether the server still answers a plain Binding on this link. */
export async function isAlive(link: Link): Promise<boolean> {
  return (await ask(link, bindingRequest()))?.isSuccess === true;
}

/**
 * What the server says to these bytes within the time that it needs to answer a Binding sent after them: a fast way to
 * see that it says nothing.
 */
export async function replies(link: Link, ...messages: readonly Uint8Array[]): Promise<Buffer[]> {
  const probe = bindingRequest();
  link.inbox.clear();
  for (const bytes of messages) link.send(bytes);
  await ask(link, probe);
  await delay(GRACE_MS);
  return link.inbox.items.filter((item) => !belongsTo(item, probe.subarray(8, 20)));
}

/** Whether the server ends the connection within the time. */
export async function closesWithin(link: Link, timeoutMs: number): Promise<boolean> {
  await link.inbox.take(
    () => false,
    timeoutMs,
    () => link.isClosed,
  );
  return link.isClosed;
}

export function delay(millis: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, millis));
}

function belongsTo(bytes: Buffer, transactionId: Buffer): boolean {
  return bytes.length >= 20 && (bytes[0] ?? 0xff) < 0x40 && bytes.subarray(8, 20).equals(transactionId);
}
