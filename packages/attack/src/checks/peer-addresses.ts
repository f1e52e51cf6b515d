import {
  ADDRESS_FAMILY_IPV6,
  attribute,
  RequestedAddressFamily,
  type TransportAddress,
  transportAddress,
} from '@pinhole/protocol';
import { type Answer, inAWord } from '../answer.ts';
import { type Check, judge, notApplicable, type Observation } from '../check.ts';
import { holds } from '../observe.ts';
import type { Target } from '../target.ts';
import { type AllocatedUser, enter, enterAndAllocate, UDP } from '../turn-user.ts';

/** One row: addresses that all mean something that no client may reach. */
interface ForbiddenRow {
  readonly row: number;
  readonly title: string;
  readonly source: string;
  readonly ips: readonly string[];
}

const ROWS: readonly ForbiddenRow[] = [
  {
    row: 26,
    title: 'Unspecified and loopback addresses',
    source: 'CVE-2018-4058, CVE-2020-26262, CVE-2021-21382',
    ips: ['0.0.0.0', '0.1.2.3', '127.0.0.1', '127.255.255.254', '::', '::1'],
  },
  {
    row: 27,
    title: 'Private and carrier-grade NAT addresses',
    source: 'Slack TURN, Enable Security; LiveKit ≤1.11',
    ips: ['10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', '100.127.255.255'],
  },
  {
    row: 28,
    title: 'Link-local, site-local and unique local addresses, cloud metadata among them',
    source: 'coturn#1947',
    ips: ['169.254.169.254', '169.254.0.1', 'fe80::1', 'fec0::1', 'fc00::1', 'fd00:ec2::254'],
  },
  {
    row: 29,
    title: 'IPv4 mapped into IPv6',
    source: 'CVE-2026-27624, CVE-2026-53450',
    ips: ['::ffff:127.0.0.1', '::ffff:0.0.0.0', '::ffff:10.0.0.1', '::ffff:169.254.169.254'],
  },
  {
    row: 30,
    title: 'IPv4-compatible IPv6',
    source: 'coturn#1945',
    ips: ['::127.0.0.1', '::10.0.0.1', '::169.254.169.254'],
  },
  {
    row: 31,
    title: 'NAT64',
    source: 'coturn#1945; RFC 6052, RFC 8215',
    ips: ['64:ff9b::7f00:1', '64:ff9b::a9fe:a9fe', '64:ff9b:1::a00:1'],
  },
  {
    row: 32,
    title: '6to4 and Teredo',
    source: 'coturn#1945; RFC 3056, RFC 4380',
    ips: ['2002:7f00:1::1', '2002:a00:1::1', '2001:0:7f00:1::', '2001:0:808:808:0:0:80ff:fffe'],
  },
  {
    row: 33,
    title: 'ISATAP',
    source: 'coturn#1945; RFC 5214',
    ips: ['2606:4700::5efe:7f00:1', '2606:4700::200:5efe:a00:1', 'fe80::5efe:a9fe:a9fe'],
  },
  {
    row: 34,
    title: 'Multicast',
    source: 'RFC 5771, RFC 4291',
    ips: ['224.0.0.1', '239.255.255.250', 'ff02::1', 'ff0e::1'],
  },
  { row: 35, title: 'Broadcast', source: 'RFC 919', ips: ['255.255.255.255'] },
  {
    row: 36,
    title: 'IANA special-purpose IPv4',
    source: 'RFC 6890',
    ips: ['192.0.0.1', '192.0.2.1', '198.18.0.1', '198.19.255.255', '203.0.113.254', '240.0.0.1', '255.255.255.254'],
  },
  { row: 37, title: 'IANA special-purpose IPv6', source: 'RFC 6890', ips: ['2001:db8::1', '100::1'] },
];

const SOME_PORT = 40_000;
/** Whoever asks for none of these is told no by one code, whatever the family: it does not reach the address. */
const REFUSALS: readonly (number | undefined)[] = [403, 443];

/** Every spelling of an address that is not a client's business, asked of CreatePermission and of ChannelBind. */
export const PEER_ADDRESS_CHECKS: readonly Check[] = ROWS.map(({ row, title, source, ips }) => ({
  row,
  title,
  source,
  expected: '403',
  run: async (target) => askForbidden(target, addresses(ips)),
}));

/** Asks for each address with an allocation of its own family; where the server has none of a family, that is told. */
export async function askForbidden(target: Target, peers: readonly TransportAddress[]): ReturnType<Check['run']> {
  const observations: Observation[] = [];
  for (const family of [4, 6] as const) {
    const wanted = peers.filter((peer) => peer.family === family);
    if (wanted.length === 0) continue;
    await using user = await allocateFamily(target, family);
    if (user !== undefined) observations.push(...(await refusedBy(user, wanted)));
  }
  return observations.length === 0
    ? notApplicable('the server gives no relayed address of the family')
    : judge(observations);
}

async function allocateFamily(target: Target, family: 4 | 6): Promise<AllocatedUser | undefined> {
  if (family === 4) return enterAndAllocate(target);
  const user = await enter(target);
  await user.allocate([UDP, attribute(RequestedAddressFamily, ADDRESS_FAMILY_IPV6)]);
  if (user.relayed?.family === 6) return user as AllocatedUser;
  await user[Symbol.asyncDispose]();
  return undefined;
}

async function refusedBy(user: AllocatedUser, peers: readonly TransportAddress[]): Promise<Observation[]> {
  const observations: Observation[] = [];
  for (const [i, peer] of peers.entries()) {
    const permitted = await user.permit(peer);
    const bound = await user.bind(0x4100 + i, peer);
    observations.push(refused(`${peer.ip} permission`, permitted), refused(`${peer.ip}:${peer.port} channel`, bound));
  }
  const wrong = observations.filter(({ isExpected }) => !isExpected);
  const summary = holds(`${observations.length} questions`, true, 'all refused');
  return wrong.length === 0 ? [summary] : wrong;
}

export function refused(what: string, answer: Answer | undefined): Observation {
  return holds(what, REFUSALS.includes(answer?.errorCode), inAWord(answer));
}

export function addresses(ips: readonly string[], port: number = SOME_PORT): TransportAddress[] {
  return ips.map((ip) => transportAddress(ip, port)).filter((address) => address !== undefined);
}
