// How a client program in TypeScript gets its task and says its outcome.
import { readFileSync } from 'node:fs';
import type { ClientOutcome, ClientTask } from '../client-task.ts';

/** Runs the client and ends the process, whatever the library has left running. */
export async function runClientProgram(client: (task: ClientTask) => Promise<ClientOutcome>): Promise<void> {
  const task = JSON.parse(readFileSync(0, 'utf8')) as ClientTask;
  const tooLate = setTimeout(() => end(process.stderr, 'not done in time', 1), task.timeoutMs + 1000);
  try {
    end(process.stdout, JSON.stringify(await client(task)), 0);
  } catch (error) {
    end(process.stderr, error instanceof Error ? String(error.stack) : String(error), 1);
  } finally {
    clearTimeout(tooLate);
  }
}

function end(stream: NodeJS.WriteStream, text: string, code: number): void {
  stream.write(`${text}\n`, () => process.exit(code));
}

/** Message number `index`, for clients that do not go through w3c-echo.ts (which brings its own into browsers). */
export function messageOf({ messageBytes }: ClientTask, index: number): Uint8Array {
  return Uint8Array.from({ length: messageBytes }, (_, place) => (index * 31 + place * 7) % 256);
}

export function countEchoes(task: ClientTask, echoed: readonly Uint8Array[]): Omit<ClientOutcome, 'version' | 'ends'> {
  return {
    sentMessages: task.messages,
    sentBytes: task.messages * task.messageBytes,
    echoedMessages: echoed.length,
    echoedBytes: echoed.reduce((sum, { byteLength }) => sum + byteLength, 0),
    identical: echoed.every((bytes, index) => Buffer.compare(bytes, messageOf(task, index)) === 0),
  };
}
