import { METHOD_CREATE_PERMISSION, type TransportAddress } from '@pinhole/protocol';
import { type Check, judge, notApplicable, type Observation } from '../check.ts';
import { answers, holds } from '../observe.ts';
import { channelData } from '../packet.ts';
import type { Target } from '../target.ts';
import { type AllocatedUser, enterAndAllocate } from '../turn-user.ts';
import type { PeerSocket } from '../udp-link.ts';

const NEEDS_PEERS = 'needs two peers on this machine';
const ARRIVAL_MS = 500;
/** For what must not arrive: far more than one hop on one machine takes. */
const ABSENCE_MS = 200;
const CHANNEL = 0x4000;

export const PERMISSION_CHECKS: readonly Check[] = [
  {
    row: 43,
    title: 'Data to and from a peer without a permission, while another has one',
    source: 'libjuice#288; pion/turn#570',
    expected: 'nothing passes, in either direction',
    run: withPeers(askLeaks),
  },
  {
    row: 44,
    title: 'A bound channel number for another peer, a bound peer under another number',
    source: 'RFC 8656 §12.2',
    expected: '400; the binding as it was',
    run: withPeers(askRebinding),
  },
  {
    row: 45,
    title: 'CreatePermission for an allowed and a denied peer, for nobody, for the other family',
    source: 'RFC 8656 §10.2',
    expected: '403 and no permission at all; 400; 443',
    run: withPeers(askMixedPermissions),
  },
  {
    row: 47,
    title: "Relayed addresses as peers: one's own, and another client's",
    source: 'RFC 8656 §10',
    expected: "403 for one's own; another client's passes data once both gave a permission",
    run: askHairpin,
  },
];

function withPeers(
  ask: (user: AllocatedUser, first: PeerSocket, second: PeerSocket) => ReturnType<Check['run']>,
): Check['run'] {
  return async (target) => {
    const [first, second] = target.peers;
    if (first === undefined || second === undefined) return notApplicable(NEEDS_PEERS);
    first.inbox.clear();
    second.inbox.clear();
    await using user = await enterAndAllocate(target);
    return await ask(user, first, second);
  };
}

async function askLeaks(user: AllocatedUser, first: PeerSocket, second: PeerSocket): ReturnType<Check['run']> {
  await user.permit(first.address);
  user.sendTo('to the second', second.address);
  user.sendTo('to the first', first.address);
  const right = await first.receives('to the first', ARRIVAL_MS);
  second.send(user.relayed, 'from the second');
  first.send(user.relayed, 'from the first');
  const heard = await hears(user, 'from the first', ARRIVAL_MS);
  return judge([
    passes('to the permitted peer', right !== undefined, true),
    passes('from the permitted peer', heard, true),
    passes('to the other', (await second.receives('to the second', ABSENCE_MS)) !== undefined, false),
    passes('from the other', await hears(user, 'from the second', ABSENCE_MS), false),
  ]);
}

async function askRebinding(user: AllocatedUser, first: PeerSocket, second: PeerSocket): ReturnType<Check['run']> {
  const bound = await user.bind(CHANNEL, first.address);
  const otherPeer = await user.bind(CHANNEL, second.address);
  const otherNumber = await user.bind(CHANNEL + 1, first.address);
  user.link.send(channelData(CHANNEL, Buffer.from('over the channel')));
  return judge([
    answers('bound', bound, 'success'),
    answers('number for another peer', otherPeer, 400),
    answers('peer under another number', otherNumber, 400),
    passes('over the first binding', (await first.receives('over the channel', ARRIVAL_MS)) !== undefined, true),
    answers('bound again', await user.bind(CHANNEL, first.address), 'success'),
    answers('number 0x3FFF', await user.bind(0x3fff, second.address), 400),
    answers('number 0x8000', await user.bind(0x8000, second.address), 400),
  ]);
}

async function askMixedPermissions(user: AllocatedUser, first: PeerSocket): ReturnType<Check['run']> {
  const denied: TransportAddress = { family: 4, ip: '127.0.0.1', port: 9 };
  const mixed = await user.permit(first.address, denied);
  first.send(user.relayed, 'after a mixed one');
  return judge([
    answers('allowed and denied', mixed, 403),
    passes('data of the allowed one', await hears(user, 'after a mixed one', ABSENCE_MS), false),
    answers('no peer', await user.request(METHOD_CREATE_PERMISSION, []), 400),
    answers('IPv6 peer', await user.permit({ family: 6, ip: '2606:4700::1', port: 9 }), 443),
  ]);
}

async function askHairpin(target: Target): ReturnType<Check['run']> {
  await using caller = await enterAndAllocate(target);
  await using callee = await enterAndAllocate(target);
  const own = await caller.bind(CHANNEL, caller.relayed);
  const there = await caller.permit(callee.relayed);
  caller.sendTo('too early', callee.relayed);
  const early = await hears(callee, 'too early', ABSENCE_MS);
  const back = await callee.permit(caller.relayed);
  caller.sendTo('between clients', callee.relayed);
  const arrived = await hears(callee, 'between clients', ARRIVAL_MS);
  const isOpen = there?.isSuccess === true && back?.isSuccess === true;
  return judge([
    answers('own relayed address', own, 403),
    passes('before the other side gave a permission', early, false),
    // A server may refuse clients each other; then nothing may pass, either.
    passes('between two clients', arrived, isOpen),
  ]);
}

function passes(what: string, isThere: boolean, isExpected: boolean): Observation {
  return holds(what, isThere === isExpected, isThere ? 'passed' : 'nothing');
}

/** Whether a Data indication or ChannelData with this content reaches the client. */
async function hears({ link }: AllocatedUser, content: string, timeoutMs: number): Promise<boolean> {
  return (await link.inbox.take((bytes) => bytes.includes(content), timeoutMs)) !== undefined;
}
