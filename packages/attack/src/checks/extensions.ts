import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { attribute, Lifetime, RequestedTransport, type TransportAddress, XorPeerAddress } from '@pinhole/protocol';
import { type Check, judge, notApplicable } from '../check.ts';
import { CONNECTION_ID, METHOD_CONNECT, METHOD_CONNECTION_BIND, MOBILITY_TICKET, TRANSPORT_TCP } from '../numbers.ts';
import { answers, holds } from '../observe.ts';
import { rawAttribute } from '../packet.ts';
import { StreamLink } from '../stream-link.ts';
import type { Target } from '../target.ts';
import { enter, type TurnUser, UDP } from '../turn-user.ts';

const FORGED_TICKETS = 50;

/** Extensions that a server may leave out; one that has them must hold these rows. */
export const EXTENSION_CHECKS: readonly Check[] = [
  {
    row: 55,
    title: "Mobility: another user's ticket, forged tickets, a ticket twice",
    source: 'coturn#1969, a97f1924, 3c5b2615',
    expected: '400, 401, 437 or 438; the owner keeps the allocation',
    run: askMobility,
  },
  {
    row: 56,
    title: 'TCP relay: Connect to a denied peer, twice, to a closed port; ConnectionBind with an invented id',
    source: 'RFC 6062 §5; pion/turn#570',
    expected: '403, 446, 447, 400',
    run: askTcpRelay,
  },
];

async function askMobility(target: Target): ReturnType<Check['run']> {
  await using owner = await enter(target);
  const ticket = (await owner.allocate([UDP, rawAttribute(MOBILITY_TICKET, Buffer.of())]))?.raw(MOBILITY_TICKET);
  if (ticket === undefined) return notApplicable('the server gives no mobility tickets');
  const { second } = target.credentials;
  await using thief = await enter(target, second === undefined ? {} : { credential: second });
  const resume = (value: Uint8Array) => thief.refresh(rawAttribute(MOBILITY_TICKET, value), attribute(Lifetime, 600));
  const refusals = [400, 401, 437, 438, 441] as const;
  const observations =
    second === undefined ? [] : [answers("another user's ticket", await resume(ticket), ...refusals)];
  let forgeries = 0;
  for (let i = 0; i < FORGED_TICKETS; i++) {
    const forged = Buffer.from(ticket);
    forged[i % forged.length] = (forged[i % forged.length] ?? 0) ^ (1 + i);
    if ((await resume(forged))?.isSuccess === true) forgeries += 1;
  }
  return judge([
    ...observations,
    holds(`${FORGED_TICKETS} forged tickets`, forgeries === 0, `${forgeries} taken`),
    answers('the owner after it', await owner.refresh(), 'success'),
  ]);
}

async function askTcpRelay(target: Target): ReturnType<Check['run']> {
  const { tcp } = target;
  const [peer] = target.peers;
  if (tcp === undefined || peer === undefined) return notApplicable('needs TCP and a peer on this machine');
  await using user = await enter(target, { link: await StreamLink.tcp(tcp) });
  const allocated = await user.allocate([attribute(RequestedTransport, TRANSPORT_TCP)]);
  if (allocated?.errorCode === 442) return notApplicable('the TCP relay is off (442)');
  const { ip } = peer.address;
  const server = createServer((socket) => socket.on('error', () => {}));
  server.listen(0, ip);
  await once(server, 'listening');
  try {
    return judge([
      answers('Allocate', allocated, 'success'),
      ...(await askConnects(user, addressOf(server, ip), await closedPort(ip))),
    ]);
  } finally {
    server.close();
  }
}

async function askConnects(
  user: TurnUser,
  listening: TransportAddress,
  closed: TransportAddress,
): Promise<ReturnType<typeof answers>[]> {
  const connect = (address: TransportAddress) => user.request(METHOD_CONNECT, [attribute(XorPeerAddress, address)]);
  return [
    answers('Connect to loopback', await connect({ family: 4, ip: '127.0.0.1', port: 9 }), 403),
    answers('Connect', await connect(listening), 'success'),
    answers('Connect again', await connect(listening), 446),
    answers('Connect to a closed port', await connect(closed), 447),
    answers(
      'ConnectionBind, invented id',
      await user.request(METHOD_CONNECTION_BIND, [rawAttribute(CONNECTION_ID, Buffer.alloc(4, 0x77))]),
      400,
    ),
  ];
}

/** A port that nobody listens on any more. Not a low one: an operator may have declared only the ports that media uses. */
async function closedPort(ip: string): Promise<TransportAddress> {
  const server = createServer().listen(0, ip);
  await once(server, 'listening');
  const address = addressOf(server, ip);
  server.close();
  return address;
}

function addressOf(server: Server, ip: string): TransportAddress {
  const address = server.address();
  return { family: 4, ip, port: typeof address === 'object' && address !== null ? address.port : 0 };
}
