import { addressesEqual, type TransportAddress } from '../address.ts';

/** The three other corners of the square that RFC 5780 §6 wants: two IP addresses times two ports. */
export interface AlternateAddresses {
  readonly otherIp: TransportAddress;
  readonly otherPort: TransportAddress;
  /** Differs in both: what OTHER-ADDRESS tells. */
  readonly otherBoth: TransportAddress;
}

/** Finds the other corners among the addresses that the server listens on; `undefined` where one of them is missing. */
export function findAlternates(
  serverAddress: TransportAddress,
  listening: readonly TransportAddress[],
): AlternateAddresses | undefined {
  for (const otherBoth of listening) {
    if (otherBoth.family !== serverAddress.family || isWildcard(otherBoth)) continue;
    if (otherBoth.ip === serverAddress.ip || otherBoth.port === serverAddress.port) continue;
    const otherIp = { ...otherBoth, port: serverAddress.port };
    const otherPort = { ...serverAddress, port: otherBoth.port };
    const hasAll = [otherIp, otherPort].every((corner) => listening.some((own) => addressesEqual(own, corner)));
    if (hasAll && !isWildcard(serverAddress)) return { otherIp, otherPort, otherBoth };
  }
  return undefined;
}

/** A wildcard is no address that a client could be told. */
function isWildcard({ ip }: TransportAddress): boolean {
  return ip === '0.0.0.0' || ip === '::';
}
