import { formatIp, parseIp } from '@pinhole/protocol';

/**
 * Says what is wrong with an address or CIDR range, or `undefined` where it is right.
 *
 * Bits set past the prefix are refused: `10.0.0.5/24` may mean one host or 256, and a rule must not be a guess.
 */
export function checkCidr(text: string): string | undefined {
  const [address = '', prefix, ...rest] = text.split('/');
  const bytes = parseIp(address);
  if (bytes === undefined || rest.length > 0) return 'must be an IP address or a CIDR range such as 10.0.0.0/24';
  if (prefix === undefined) return undefined;
  const bits = bytes.length * 8;
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > bits) return `must have a prefix length of 0-${bits} after the "/"`;
  const network = formatIp(maskTo(bytes, Number(prefix)));
  if (network === formatIp(bytes)) return undefined;
  return `has address bits past its prefix; write "${network}/${prefix}" for the range or "${address}/${bits}" for the host`;
}

/** Whether the address or range holds a loopback address. */
export function touchesLoopback(text: string): boolean {
  const [address = '', prefix] = text.split('/');
  const bytes = parseIp(address);
  if (bytes === undefined) return false;
  const length = prefix === undefined ? bytes.length * 8 : Number(prefix);
  return loopbackRanges(bytes.length).some((loopback) => {
    const common = Math.min(length, loopback.length);
    return formatIp(maskTo(bytes, common)) === formatIp(maskTo(loopback.bytes, common));
  });
}

interface Range {
  readonly bytes: Uint8Array;
  readonly length: number;
}

function loopbackRanges(byteLength: number): readonly Range[] {
  if (byteLength === 4) return [{ bytes: Uint8Array.of(127, 0, 0, 0), length: 8 }];
  const loopback = new Uint8Array(16);
  loopback[15] = 1;
  const mapped = new Uint8Array(16);
  mapped.set([0xff, 0xff, 127], 10);
  return [
    { bytes: loopback, length: 128 },
    { bytes: mapped, length: 104 },
  ];
}

function maskTo(bytes: Uint8Array, prefix: number): Uint8Array {
  return bytes.map((byte, i) => {
    const kept = Math.min(8, Math.max(0, prefix - i * 8));
    return byte & (0xff << (8 - kept));
  });
}
