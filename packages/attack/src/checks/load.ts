import { randomBytes } from 'node:crypto';
import { type Check, judge, notApplicable, type Observation } from '../check.ts';
import { delay, isAlive } from '../link.ts';
import { answers, holds } from '../observe.ts';
import { channelData } from '../packet.ts';
import { StreamLink } from '../stream-link.ts';
import type { Target } from '../target.ts';
import { enterAndAllocate } from '../turn-user.ts';
import { type PeerSocket, UdpLink } from '../udp-link.ts';

const NO_TCP = 'the server does not listen on TCP';
/** More than a network behind one address keeps open; a server that takes as many has no cap worth the name. */
const CONNECTIONS = 1200;
const ARRIVAL_MS = 500;
const CHANNEL = 0x4000;
/** What a slow reader's peer sends: far more than the kernels' buffers on the way hold. */
const FLOOD_PACKETS = 24_000;
const FLOOD_BYTES = 1200;
const FLOOD_BURST = 40;

/** What one client may cost the others. All of it is bounded, and far below what a flood would be. */
export const LOAD_CHECKS: readonly Check[] = [
  {
    row: 53,
    title: `${CONNECTIONS} TCP connections from one address that say nothing`,
    source: 'slow loris; accept and EMFILE',
    expected: 'a cap per address; UDP served meanwhile, TCP again after it',
    when: 'last',
    run: askConnections,
  },
  {
    row: 54,
    title: 'A TCP client that does not read while its peer sends',
    source: 'LiveKit and coturn reports of growing memory',
    expected: 'others served at once; most of the flood dropped; frames whole, then service again',
    run: askSlowReader,
  },
  {
    row: 58,
    title: 'Peers that answer with ICMP errors, datagrams that are too large',
    source: 'tailscale#7791, #20547',
    expected: 'the relay goes on',
    run: askIcmpErrors,
  },
];

async function askConnections({ udp, tcp }: Target): ReturnType<Check['run']> {
  if (tcp === undefined) return notApplicable(NO_TCP);
  const links: StreamLink[] = [];
  let refused = 0;
  for (let i = 0; i < CONNECTIONS; i++) {
    const link = await StreamLink.tcp(tcp).catch(() => undefined);
    if (link === undefined) refused += 1;
    else links.push(link);
  }
  await delay(500);
  const closed = links.filter(({ isClosed }) => isClosed).length;
  await using client = await UdpLink.open(udp);
  const meanwhile = await isAlive(client);
  for (const link of links) await link[Symbol.asyncDispose]();
  await delay(500);
  await using after = await StreamLink.tcp(tcp);
  return judge([
    holds('refused or closed', refused + closed > 0, `${refused + closed} of ${CONNECTIONS}`),
    holds('UDP meanwhile', meanwhile),
    holds('TCP after it', await isAlive(after)),
  ]);
}

async function askSlowReader(target: Target): ReturnType<Check['run']> {
  const { tcp } = target;
  const [peer] = target.peers;
  if (tcp === undefined || peer === undefined) return notApplicable('needs TCP and a peer on this machine');
  const stream = await StreamLink.tcp(tcp);
  await using user = await enterAndAllocate(target, { link: stream });
  await user.bind(CHANNEL, peer.address);
  await using other = await UdpLink.open(target.udp);
  stream.socket.pause();
  let slowest = 0;
  for (let i = 0; i < FLOOD_PACKETS; i++) {
    peer.send(user.relayed, randomBytes(FLOOD_BYTES));
    if (i % FLOOD_BURST === FLOOD_BURST - 1) await delay(1);
    if (i % 2400 === 0) slowest = Math.max(slowest, await answerMillis(other));
  }
  stream.socket.resume();
  await delay(1500);
  const arrived = stream.inbox.items.length;
  return judge([
    holds('slowest answer to another client', slowest < 500, `${Math.round(slowest)} ms`),
    holds('arrived in the end', arrived < FLOOD_PACKETS / 2, `${arrived} of ${FLOOD_PACKETS}`),
    holds(
      'frames',
      stream.isFramed && !stream.isClosed,
      stream.isClosed ? 'closed' : stream.isFramed ? 'whole' : 'cut',
    ),
    answers('Refresh after it', await user.refresh(), 'success'),
  ]);
}

async function answerMillis(link: UdpLink): Promise<number> {
  const started = performance.now();
  return (await isAlive(link)) ? performance.now() - started : Number.POSITIVE_INFINITY;
}

async function askIcmpErrors(target: Target): ReturnType<Check['run']> {
  const [peer] = target.peers;
  if (peer === undefined) return notApplicable('needs a peer on this machine');
  await using user = await enterAndAllocate(target);
  const closedPort = { ...peer.address, port: 9 };
  await user.permit(peer.address);
  for (let i = 0; i < 10; i++) {
    user.sendTo('to a closed port', closedPort);
    await delay(10);
  }
  user.sendTo('after the errors', peer.address);
  const arrived = (await peer.receives('after the errors', ARRIVAL_MS)) !== undefined;
  const refreshed = await user.refresh();
  const errors = [holds('data after ICMP errors', arrived), answers('Refresh after them', refreshed, 'success')];
  return judge([...errors, ...(await askOversized(target, peer))]);
}

/** ChannelData over TCP can hold more than any datagram; what cannot be sent must not end what can. */
async function askOversized(target: Target, peer: PeerSocket): Promise<Observation[]> {
  if (target.tcp === undefined) return [];
  await using user = await enterAndAllocate(target, { link: await StreamLink.tcp(target.tcp) });
  await user.bind(CHANNEL, peer.address);
  user.link.send(channelData(CHANNEL, Buffer.alloc(65_532)));
  await delay(100);
  user.link.send(channelData(CHANNEL, Buffer.from('small again!')));
  return [
    holds('data after 65,532 bytes at once', (await peer.receives('small again!', ARRIVAL_MS)) !== undefined),
    answers('Refresh after them', await user.refresh(), 'success'),
  ];
}
