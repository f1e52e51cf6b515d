// libwebrtc trusts the authorities compiled into it, and @roamhq/wrtc has no way to add one. So that its TLS can be tried at all, the
// client runs from a copy of the module in which the test's authority stands in the place of one of those; nothing else differs.
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const NATIVE = `@roamhq/wrtc-${process.platform}-${process.arch}/wrtc.node`;
// [0] { INTEGER 2 }, INTEGER …: the version and the start of the serial number of an X.509 v3 certificate. Two SEQUENCE headers are
// before it, of four bytes each in a certificate of more than 255 bytes.
const VERSION_3 = Buffer.from('a00302010202', 'hex');
const HEADERS_LENGTH = 8;
const LONG_SEQUENCE = 0x3082;

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
  let version = module_.indexOf(VERSION_3);
  while (version !== -1) {
    const start = version - HEADERS_LENGTH;
    if (certificateLengthAt(module_, start) >= length) return start;
    version = module_.indexOf(VERSION_3, version + 1);
  }
  throw new Error('found no compiled-in authority to replace');
}

/** Zero where there is no certificate. */
function certificateLengthAt(module_: Buffer, start: number): number {
  const isCertificate =
    module_.readUInt16BE(start) === LONG_SEQUENCE && module_.readUInt16BE(start + 4) === LONG_SEQUENCE;
  return isCertificate ? 4 + module_.readUInt16BE(start + 2) : 0;
}
