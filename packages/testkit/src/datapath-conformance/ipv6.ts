import { networkInterfaces } from 'node:os';

const hasLoopback = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));

/** Why facts about IPv6 cannot be checked here; `false` where they can. */
export const skipIpv6: string | false = hasLoopback ? false : 'This machine has no IPv6 loopback address (::1).';
