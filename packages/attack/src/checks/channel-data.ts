import { type Check, judge, notApplicable } from '../check.ts';
import { closesWithin, isAlive, replies } from '../link.ts';
import { holds, silence } from '../observe.ts';
import { channelData } from '../packet.ts';
import { StreamLink } from '../stream-link.ts';
import type { Target } from '../target.ts';
import { enterAndAllocate } from '../turn-user.ts';

const CHANNEL = 0x4000;
const ARRIVAL_MS = 500;
const CLOSE_MS = 5000;

export const CHANNEL_DATA_CHECKS: readonly Check[] = [
  {
    row: 11,
    title: 'ChannelData that lies about its length, is not padded, or has no channel number',
    source: 'RFC 8656 §12.4-12.5; coturn#1984',
    expected: 'dropped; over TCP framed in words of four bytes, and closed where the number is none',
    async run(target) {
      const observations = [...(await askOverUdp(target)), ...(await askOverTcp(target))];
      return observations.length === 0 ? notApplicable('needs a peer on this machine, or TCP') : judge(observations);
    },
  },
];

async function askOverUdp(target: Target): Promise<ReturnType<typeof holds>[]> {
  const [peer] = target.peers;
  if (peer === undefined) return [];
  await using user = await enterAndAllocate(target);
  await user.bind(CHANNEL, peer.address);
  peer.inbox.clear();
  const unusual = [
    channelData(CHANNEL, Buffer.from('too long'), 400),
    channelData(CHANNEL, Buffer.from('wraps'), 0xfffd),
    channelData(CHANNEL + 1, Buffer.from('not bound')),
    channelData(0x8000, Buffer.from('no number')),
    channelData(0xffff, Buffer.from('no number')),
  ];
  const answered = await replies(user.link, ...unusual);
  user.link.send(channelData(CHANNEL, Buffer.from('right')));
  const right = await peer.receives('right', ARRIVAL_MS);
  const strays = peer.inbox.items.map(({ bytes }) => bytes.toString());
  return [
    silence('to the client', answered),
    holds('to the peer', strays.length === 0, strays.length === 0 ? 'nothing' : strays.join(', ')),
    holds('right ChannelData after it', right !== undefined),
  ];
}

async function askOverTcp({ tcp, peers, ...target }: Target): Promise<ReturnType<typeof holds>[]> {
  if (tcp === undefined) return [];
  const [peer] = peers;
  const observations = [];
  if (peer !== undefined) {
    await using user = await enterAndAllocate({ ...target, tcp, peers }, { link: await StreamLink.tcp(tcp) });
    await user.bind(CHANNEL, peer.address);
    user.link.send(Buffer.concat([channelData(CHANNEL, Buffer.from('fünf')), Buffer.alloc(3)]));
    observations.push(
      holds('five bytes over TCP', (await peer.receives('fünf', ARRIVAL_MS)) !== undefined),
      holds('the frame after them', await isAlive(user.link)),
    );
  }
  await using stream = await StreamLink.tcp(tcp);
  await isAlive(stream);
  stream.send(channelData(0xc000, Buffer.from('none')));
  return [...observations, holds('number 0xC000 over TCP closed', await closesWithin(stream, CLOSE_MS))];
}
