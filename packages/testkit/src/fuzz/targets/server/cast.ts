// Who takes part: clients, users, peers and their keys.
import { createHash, createHmac } from 'node:crypto';
import type { AllocationLimits, FiveTuple, TransportAddress } from '@pinhole/protocol';

export const REALM = 'pinhole';
export const START_UNIX = 1_800_000_000;
export const RELAY_IP = '203.0.113.10';

const SERVER: TransportAddress = { family: 4, ip: RELAY_IP, port: 3478 };

export const CLIENTS: readonly FiveTuple[] = [
  { transport: 'udp', clientAddress: { family: 4, ip: '192.0.2.1', port: 4000 }, serverAddress: SERVER },
  { transport: 'udp', clientAddress: { family: 4, ip: '192.0.2.1', port: 4001 }, serverAddress: SERVER },
  { transport: 'tcp', clientAddress: { family: 4, ip: '192.0.2.1', port: 4000 }, serverAddress: SERVER },
  { transport: 'tls', clientAddress: { family: 4, ip: '192.0.2.2', port: 4000 }, serverAddress: SERVER },
  {
    transport: 'udp',
    clientAddress: { family: 6, ip: '2001:db8::7', port: 4000 },
    serverAddress: { family: 6, ip: '2001:db8::1', port: 3478 },
  },
];

export const PEERS: readonly TransportAddress[] = [
  { family: 4, ip: '198.51.100.1', port: 5000 },
  { family: 4, ip: '198.51.100.1', port: 5001 },
  { family: 4, ip: '198.51.100.2', port: 5000 },
  { family: 4, ip: '10.0.0.1', port: 80 },
  { family: 6, ip: '2001:db8::99', port: 5000 },
];

/** The policy of the bench: one network that nobody may reach. */
export function isDeniedPeer(ip: string): boolean {
  return ip.startsWith('10.');
}

/** Small enough to be reached by a program of a few steps. */
export const LIMITS: AllocationLimits = {
  allocationsPerUser: 2,
  allocationsPerApp: 3,
  allocations: 4,
  permissionsPerAllocation: 3,
  channelsPerAllocation: 2,
};

export interface User {
  readonly username: string;
  readonly password: string;
  readonly appId: string;
  readonly expiresAt: number;
  /** What the server knows of the user; strangers sign requests as well. */
  readonly isKnown: boolean;
}

export const USERS: readonly User[] = [
  { username: '1800009000:demo.1.a', password: 'p1', appId: 'demo', expiresAt: START_UNIX + 9000, isKnown: true },
  { username: '1800009000:demo.1.b', password: 'p2', appId: 'demo', expiresAt: START_UNIX + 9000, isKnown: true },
  { username: '1800001000:other.1.c', password: 'p3', appId: 'other', expiresAt: START_UNIX + 1000, isKnown: true },
  { username: '1800009000:demo.1.x', password: 'p4', appId: 'demo', expiresAt: START_UNIX + 9000, isKnown: false },
];

export function keysOf({ username, password }: User): readonly [md5: Uint8Array, sha256: Uint8Array] {
  const text = `${username}:${REALM}:${password}`;
  return [createHash('md5').update(text).digest(), createHash('sha256').update(text).digest()];
}

/** Both integrity attributes of RFC 8489 with their hash and their longest value. */
const INTEGRITIES: ReadonlyMap<number, 'sha1' | 'sha256'> = new Map([
  [0x0008, 'sha1'],
  [0x001c, 'sha256'],
]);

/**
 * Whether somebody whom the server knows made the message. Written from RFC 8489 §14.5 and §14.6 without the codec: it
 * is to find the codec out.
 */
export function isMadeByKnownUser(message: Uint8Array): boolean {
  for (let offset = 20; offset + 4 <= message.length; ) {
    const view = Buffer.from(message);
    const length = view.readUInt16BE(offset + 2);
    const hash = INTEGRITIES.get(view.readUInt16BE(offset));
    const value = view.subarray(offset + 4, offset + 4 + length);
    if (hash !== undefined && value.length > 0) {
      view.writeUInt16BE(offset - 20 + 4 + length, 2);
      const covered = view.subarray(0, offset);
      const macs = KNOWN_KEYS.map((key) => createHmac(hash, key).update(covered).digest().subarray(0, length));
      if (macs.some((mac) => mac.equals(value))) return true;
    }
    offset += 4 + ((length + 3) & ~3);
  }
  return false;
}

const KNOWN_KEYS: readonly Uint8Array[] = USERS.filter(({ isKnown }) => isKnown).flatMap(keysOf);
