// libwebrtc trusts the authorities compiled into it, and @roamhq/wrtc has no way to add one. So that its TLS can be tried at all, the
// client runs from a copy of the module in which the test's authority stands in the place of one of those; nothing else differs.
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const NATIVE = `@roamhq/wrtc-${process.platform}-${process.arch}/wrtc.node`;
// SEQUENCE { SEQUENCE { [0] { INTEGER 2 }, INTEGER serial …: how every X.509 v3 certificate of more than 255 bytes starts.
const CERTIFICATE = /\x30\x82[^]{2}\x30\x82[^]{2}\xa0\x03\x02\x01\x02\x02/g;

/** From now on, requiring @roamhq/wrtc gives a copy, beside the file, that trusts the authority in it. */
export function trustAuthority(caFile: string): void {
  const require = createRequire(createRequire(import.meta.url).resolve('@roamhq/wrtc'));
  const original = require.resolve(NATIVE);
  const module_ = readFileSync(original);
  const authority = new X509Certificate(readFileSync(caFile)).raw;
  authority.copy(module_, placeOfAuthority(module_, authority.length));
  const copy = join(mkdtempSync(join(dirname(caFile), 'wrtc-')), 'wrtc.node');
  writeFileSync(copy, module_);
  require(copy);
  require.cache[original] = require.cache[copy];
}

/** Where a compiled-in authority is that is no shorter. What follows a certificate's end in its place is not read. */
function placeOfAuthority(module_: Buffer, length: number): number {
  for (const { index } of module_.toString('latin1').matchAll(CERTIFICATE)) {
    if (module_.readUInt16BE(index + 2) + 4 >= length) return index;
  }
  throw new Error('found no compiled-in authority to replace');
}
