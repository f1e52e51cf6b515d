import type { ErrorCode } from '@pinhole/contract';
import type { z } from 'zod';

const MAX_BODY_BYTES = 16 * 1024;

export type JsonBody<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly code: ErrorCode };

/** The body by its schema; an empty one is an empty object. Reads no more than it may, whatever the length says. */
export async function readJsonBody<T>(request: Request, schema: z.ZodType<T>): Promise<JsonBody<T>> {
  const text = await readText(request);
  if (text === undefined) return { ok: false, code: 'request.too_large' };
  const parsed = schema.safeParse(parseJson(text.trim() === '' ? '{}' : text));
  return parsed.success ? { ok: true, value: parsed.data } : { ok: false, code: 'request.malformed' };
}

async function readText(request: Request): Promise<string | undefined> {
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) return undefined;
  const chunks: Uint8Array[] = [];
  let byteLength = 0;
  for await (const chunk of request.body ?? []) {
    byteLength += chunk.byteLength;
    if (byteLength > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
