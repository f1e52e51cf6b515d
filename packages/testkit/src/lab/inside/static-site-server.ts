// Runs inside the lab: a file server for test pages. A page's TypeScript is served with its types stripped, so that pages need no build.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import type { StaticSiteInput } from '../static-site.ts';

const TYPES: { readonly [extension: string]: string } = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.ts': 'text/javascript; charset=utf-8',
  '.map': 'application/json',
};

const { routes } = JSON.parse(process.argv[2] ?? '') as StaticSiteInput;
// The longest prefix wins: '/sdk/' is asked before '/'.
const prefixes = Object.keys(routes).sort((a, b) => b.length - a.length);

const server = createServer(async (request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname));
  try {
    const body = await contentOf(path);
    response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream');
    response.end(body);
  } catch {
    response.writeHead(404, { 'content-type': 'text/plain' }).end(`no such file: ${path}\n`);
  }
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
console.log(`http://localhost:${(server.address() as AddressInfo).port}`);

async function contentOf(path: string): Promise<string | Uint8Array> {
  const prefix = prefixes.find((candidate) => path.startsWith(candidate));
  const folder = prefix === undefined ? undefined : routes[prefix];
  if (prefix === undefined || folder === undefined) throw new Error('no route');
  const content = await readFile(join(folder, path.slice(prefix.length)));
  return path.endsWith('.ts') ? stripTypeScriptTypes(content.toString('utf8')) : content;
}
