import type { TransportAddress } from '@pinhole/protocol';
import { type Check, judge, notApplicable } from '../check.ts';
import { holds } from '../observe.ts';
import type { Target } from '../target.ts';
import { enterAndAllocate } from '../turn-user.ts';
import { addresses, askForbidden, refused } from './peer-addresses.ts';

/** Where relays, databases, caches and cluster managers listen when nobody thought about it. */
const ADMIN_PORTS: readonly number[] = [22, 80, 443, 2379, 5432, 5766, 6379, 8080, 9090, 9641];
/** Ports that carry no media, whoever's they are. */
const FOREIGN_PORTS: readonly number[] = [25, 53, 6379];

/** The server itself as a peer, ports that are nobody's media, and the operator's own rules. */
export const OWN_ADDRESS_CHECKS: readonly Check[] = [
  {
    row: 38,
    title: "The relay's own listeners",
    source: 'coturn#1946',
    expected: '403',
    async run(target) {
      const own = [target.udp, target.tcp, target.tls].filter((address) => address !== undefined);
      return askChannels(target, own);
    },
  },
  {
    row: 39,
    title: 'Port 0 of an allowed peer',
    source: 'RFC 6335 §6',
    expected: '403 or 400',
    run: (target) => askPorts(target, [0]),
  },
  {
    row: 40,
    title: 'Ports 25, 53 and 6379 of an allowed peer',
    source: 'Symantec 2026-06, "Backdoor.Turn"',
    expected: '403, where the operator limits the ports of peers',
    run: (target) => askPorts(target, FOREIGN_PORTS),
  },
  {
    row: 41,
    title: 'An address that nobody declared, and one that the operator denied inside an allowed range',
    source: 'coturn#1872',
    expected: '403: the default is no, and deny wins',
    run: (target) => {
      const denied = target.deniedPeer === undefined ? [] : [target.deniedPeer];
      return askForbidden(target, [...addresses(['1.1.1.1', '8.8.8.8']), ...denied]);
    },
  },
  {
    row: 60,
    title: 'Admin, metrics, database and cache ports of the machine',
    source: 'firefart/stunner; CVE-2018-4059',
    expected: '403',
    run: (target) => {
      const machine = ['127.0.0.1', target.udp.ip];
      return askChannels(
        target,
        ADMIN_PORTS.flatMap((port) => addresses(machine, port)),
      );
    },
  },
];

async function askChannels(target: Target, peers: readonly TransportAddress[]): ReturnType<Check['run']> {
  await using user = await enterAndAllocate(target);
  const observations = [];
  for (const [i, peer] of peers.entries()) {
    observations.push(refused(`channel to ${peer.ip}:${peer.port}`, await user.bind(0x4200 + i, peer)));
  }
  const wrong = observations.filter(({ isExpected }) => !isExpected);
  return judge(wrong.length > 0 ? wrong : [holds(`${peers.length} channels`, true, 'all refused')]);
}

async function askPorts(target: Target, ports: readonly number[]): ReturnType<Check['run']> {
  const [peer] = target.peers;
  if (peer === undefined) return notApplicable('needs a peer on this machine');
  await using user = await enterAndAllocate(target);
  const observations = [];
  for (const [i, port] of ports.entries()) {
    const answer = await user.bind(0x4300 + i, { ...peer.address, port });
    const isExpected = answer?.errorCode === 403 || (port === 0 && answer?.errorCode === 400);
    observations.push(holds(`port ${port}`, isExpected, String(answer?.errorCode ?? answer?.messageClass)));
  }
  return judge(observations);
}
