import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = fileURLToPath(new URL('.', import.meta.url));
const COPIED = ['index.html', 'icon.svg'];

/** Bundles the demo page into `dist/demo`: no file of it refers to another host. Returns the folder. */
export async function buildDemo(): Promise<string> {
  const outdir = join(folder, '..', 'dist', 'demo');
  await mkdir(outdir, { recursive: true });
  await build({
    entryPoints: [join(folder, 'demo.ts'), join(folder, 'demo.css')],
    outdir,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: ['chrome100', 'firefox100', 'safari15.4'],
    conditions: ['pinhole-source'],
    minify: true,
    sourcemap: true,
    logLevel: 'warning',
  });
  await Promise.all(COPIED.map((name) => copyFile(join(folder, name), join(outdir, name))));
  return outdir;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await buildDemo());
