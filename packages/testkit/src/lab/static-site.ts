// The app's own web site, served inside corp on loopback: a secure context, so that getUserMedia and WebCrypto work, and
// no part of what is tested.
import { insideProgram } from './inside-program.ts';
import type { Lab } from './lab.ts';
import type { LabHost } from './topology.ts';

/** URL prefix to folder or file on this machine: `{ '/': '/checkout/e2e/pages', '/sdk/': '/checkout/packages/client/dist' }`. */
export type SiteRoutes = { readonly [prefix: string]: string };

/** What the static-site-server program reads. */
export interface StaticSiteInput {
  readonly routes: SiteRoutes;
}

/** Starts the site; it ends with the lab. Returns its origin, `http://localhost:<port>`. TypeScript files are served as JavaScript. */
export async function startStaticSite(lab: Lab, host: LabHost, routes: SiteRoutes): Promise<string> {
  const input: StaticSiteInput = { routes };
  const server = lab.spawn(host, process.execPath, insideProgram('static-site-server', input));
  const line = await server.line(/^http:/, 10_000);
  return line.trim();
}
