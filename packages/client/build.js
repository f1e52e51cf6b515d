import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = fileURLToPath(new URL('.', import.meta.url));
/** Bundles the SDK for browsers: one ESM file with its source map beside it. Returns its path. */
export async function buildClient(outfile = join(folder, 'dist', 'pinhole.js')) {
  await build({
    entryPoints: [join(folder, 'src', 'index.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    // Fails where a `node:` import slips into what browsers load.
    platform: 'browser',
    target: ['chrome100', 'firefox100', 'safari15.4'],
    conditions: ['pinhole-source'],
    minify: true,
    sourcemap: true,
    legalComments: 'none',
    banner: { js: '/*! Pinhole SDK. SPDX-License-Identifier: Apache-2.0 */' },
    logLevel: 'warning',
  });
  return outfile;
}
if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await buildClient());
//# sourceMappingURL=build.js.map
