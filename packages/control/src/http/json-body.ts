import type { HonoRequest } from 'hono';
import type { z } from 'zod';

/** The body by its schema; an empty one is an empty object. `undefined` where it is neither. */
export async function readJsonBody<T>(request: HonoRequest, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await request.text();
  const parsed = schema.safeParse(parseJson(text.trim() === '' ? '{}' : text));
  return parsed.success ? parsed.data : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
