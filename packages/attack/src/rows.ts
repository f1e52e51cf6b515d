import type { Check } from './check.ts';
import { ALLOCATION_CHECKS } from './checks/allocations.ts';
import { ATTRIBUTE_CHECKS } from './checks/attributes.ts';
import { CHALLENGE_CHECKS } from './checks/challenge.ts';
import { CHANNEL_DATA_CHECKS } from './checks/channel-data.ts';
import { CREDENTIAL_CHECKS } from './checks/credentials.ts';
import { DATAGRAM_CHECKS } from './checks/datagrams.ts';
import { EXTENSION_CHECKS } from './checks/extensions.ts';
import { LOAD_CHECKS } from './checks/load.ts';
import { OWN_ADDRESS_CHECKS } from './checks/own-addresses.ts';
import { PEER_ADDRESS_CHECKS } from './checks/peer-addresses.ts';
import { PERMISSION_CHECKS } from './checks/permissions.ts';
import { STREAM_CHECKS } from './checks/streams.ts';
import { TLS_CHECKS } from './checks/tls.ts';

/** How many rows the checklist has: each of them is a check or is named below. */
export const LAST_ROW = 62;

/** Every row that a server can be asked about from outside, by number. */
export const CHECKS: readonly Check[] = [
  ...DATAGRAM_CHECKS,
  ...ATTRIBUTE_CHECKS,
  ...CHANNEL_DATA_CHECKS,
  ...STREAM_CHECKS,
  ...TLS_CHECKS,
  ...CHALLENGE_CHECKS,
  ...CREDENTIAL_CHECKS,
  ...PEER_ADDRESS_CHECKS,
  ...OWN_ADDRESS_CHECKS,
  ...PERMISSION_CHECKS,
  ...ALLOCATION_CHECKS,
  ...LOAD_CHECKS,
  ...EXTENSION_CHECKS,
].sort((a, b) => a.row - b.row);

/** Rows that no client can ask about, and why: none is left out in silence. */
export const ROWS_NOT_ASKED: ReadonlyMap<number, string> = new Map([
  [23, 'Revocation is a deed of the operator, and no client can do it.'],
  [24, 'The endpoint that gives credentials out is HTTP of its own kind at every product.'],
  [42, 'Ranges and DNS names in rules are configuration; how they compare shows only inside.'],
  [46, 'A live change of rules is a deed of the operator.'],
  [52, 'A flood with spoofed sources needs raw sockets and a network of its own.'],
  [
    57,
    'What a relay could be made to send without a permission is asked in rows 43 and 45; the rest is rate over time.',
  ],
  [59, 'Clock jumps and used-up descriptors or ports are done to a machine, not asked of a server.'],
  [61, 'The signalling gateway is no part of a TURN server.'],
  [62, 'Logs are read on the machine that writes them.'],
]);
