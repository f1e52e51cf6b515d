import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/** Serves one folder. Only plain names of known types can be asked for, so nothing outside it can be named. */
export class StaticFiles {
  readonly #folder: string;
  readonly #cache = new Map<string, { readonly version: string; readonly etag: string; readonly body: Uint8Array }>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The answer for a path below the folder (`assets/demo.js`); `undefined` where there is no such file. */
  async answer(path: string, request: Request): Promise<Response | undefined> {
    const contentType = CONTENT_TYPES[extname(path)];
    if (contentType === undefined || !/^([\w-][\w.-]*\/)*[\w-][\w.-]*$/.test(path)) return undefined;
    const file = await this.#read(path);
    if (file === undefined) return undefined;
    // Files keep their names from build to build: a browser may store them, but must ask whether they changed.
    const headers = { etag: file.etag, 'cache-control': 'no-cache' };
    if (request.headers.get('if-none-match') === file.etag) return new Response(null, { status: 304, headers });
    return new Response(new Uint8Array(file.body), { headers: { ...headers, 'content-type': contentType } });
  }

  async #read(path: string): Promise<{ readonly etag: string; readonly body: Uint8Array } | undefined> {
    try {
      const file = join(this.#folder, path);
      const info = await stat(file);
      if (!info.isFile()) return undefined;
      const version = `${info.mtimeMs} ${info.size}`;
      const cached = this.#cache.get(path);
      if (cached?.version === version) return cached;
      const body = await readFile(file);
      const read = { version, body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` };
      this.#cache.set(path, read);
      return read;
    } catch {
      return undefined;
    }
  }
}
