import { decodeUtf8, encodeUtf8 } from '../bytes.ts';
import type { AllocationId } from './actions.ts';
import type { TurnServerOptions } from './options.ts';

/** Base64 digits: 96 of the MAC's bits. Whoever guesses one also needs the credential's password. */
const MAC_LENGTH = 16;

/** Which allocation a ticket is for, and which of its tickets it is: each one serves once. */
export interface TicketContent {
  readonly allocation: AllocationId;
  readonly sequence: number;
}

/**
 * Tickets that need no memory but the number of the last one (RFC 8016 §3.1.2): `<allocation>.<sequence>.<MAC>`, the
 * numbers to the base of 36. Text of at most 32 bytes, though the RFC allows any: coturn's client takes a ticket for a C
 * string, and keeps no longer one.
 */
export function makeTicket({ allocation, sequence }: TicketContent, options: TurnServerOptions): Uint8Array {
  const content = `${allocation.toString(36)}.${sequence.toString(36)}`;
  return encodeUtf8(`${content}.${macOf(content, options)}`);
}

/** What a ticket says; `undefined` where this server did not make it. */
export function readTicket(ticket: Uint8Array, options: TurnServerOptions): TicketContent | undefined {
  const match = /^(([0-9a-z]{1,8})\.([0-9a-z]{1,6}))\.([A-Za-z0-9+/]{16})$/.exec(decodeUtf8(ticket) ?? '');
  const [, content, allocation, sequence, mac] = match ?? [];
  if (content === undefined || allocation === undefined || sequence === undefined || mac === undefined)
    return undefined;
  const expected = encodeUtf8(macOf(content, options));
  if (!options.crypto.timingSafeEqual(encodeUtf8(mac), expected)) return undefined;
  return { allocation: Number.parseInt(allocation, 36), sequence: Number.parseInt(sequence, 36) };
}

function macOf(content: string, { crypto, nonceKey }: TurnServerOptions): string {
  // The word keeps tickets apart from nonces, which are made with the same key.
  const mac = crypto.hmacSha256(nonceKey, encodeUtf8(`mobility-ticket ${content}`));
  return btoa(String.fromCharCode(...mac)).slice(0, MAC_LENGTH);
}
