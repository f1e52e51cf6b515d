import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { TransportAddress, TurnClientEvent } from '@pinhole/protocol';
import type { Random } from '../fuzz/random.ts';
import { type ServerPlace, SocketTurnClient } from '../socket-turn-client.ts';
import type { EdgeUnderSoak } from './edge-under-soak.ts';

const CHANNEL = 0x4001;
const UNBOUND_CHANNEL = 0x4002;
const DATA = new Uint8Array(160).fill(7);
const PACKETS_PER_CALL = 20;
/** The time between two packets of a call: as many calls as there are must not fill a socket's buffer. */
const PACKET_INTERVAL = 5;
/** How long an echo may take before it is lost. */
const ECHO_PATIENCE = 5000;

/** What the clients and the peer saw, for comparison with what the edge says. */
export class Ledger {
  calls = 0;
  sentByClients = 0;
  receivedByClients = 0;
  receivedByPeer = 0;
  /** What should have gone nowhere: no channel, no permission. */
  sentInVain = 0;
}

/** A peer that sends back what it gets. */
export async function openEcho(
  ledger: Ledger,
): Promise<{ readonly address: TransportAddress; readonly socket: Socket }> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  socket.on('message', (bytes, { port, address }) => {
    ledger.receivedByPeer += 1;
    socket.send(bytes, port, address);
  });
  return { socket, address: { family: 4, ip: '127.0.0.1', port: socket.address().port } };
}

/** One call from its allocation to its end, in one of the ways in which calls end. */
export async function makeCall(
  edge: EdgeUnderSoak,
  peer: TransportAddress,
  ledger: Ledger,
  random: Random,
): Promise<void> {
  const place = random.pick(edge.places as readonly [ServerPlace, ...ServerPlace[]]);
  const client = await SocketTurnClient.connect(place, edge.credential(`user-${random.below(50)}`));
  client.onData = () => {
    ledger.receivedByClients += 1;
  };
  try {
    expectEvent('allocated', await client.request((turn, now) => turn.allocate(now)));
    expectEvent('permitted', await client.request((turn, now) => turn.createPermission(now, [peer])));
    expectEvent('channelBound', await client.request((turn, now) => turn.bindChannel(now, CHANNEL, peer)));
    await talk(client, peer, ledger, random);
    // UDP clients must say goodbye: nobody would see them go for ten minutes.
    const saysGoodbye = place.transport === 'udp' || random.chance(0.5);
    if (saysGoodbye) expectEvent('refreshed', await client.request((turn, now) => turn.refresh(now, 0)));
  } finally {
    client.close();
  }
  ledger.calls += 1;
}

async function talk(client: SocketTurnClient, peer: TransportAddress, ledger: Ledger, random: Random): Promise<void> {
  const before = client.onData;
  let echoes = 0;
  const { promise: allBack, resolve } = Promise.withResolvers<void>();
  client.onData = (data) => {
    before(data);
    echoes += 1;
    if (echoes === PACKETS_PER_CALL) resolve();
  };
  for (let i = 0; i < PACKETS_PER_CALL; i++) {
    if (random.chance(0.3)) client.sendIndication(peer, DATA);
    else client.sendChannelData(CHANNEL, DATA);
    if (random.chance(0.1)) sendInVain(client, ledger);
    ledger.sentByClients += 1;
    await pause(PACKET_INTERVAL);
  }
  const patience = setTimeout(resolve, ECHO_PATIENCE);
  await allBack;
  clearTimeout(patience);
}

function sendInVain(client: SocketTurnClient, ledger: Ledger): void {
  client.sendChannelData(UNBOUND_CHANNEL, DATA);
  // The binding's number is the server's to know: our own client sends on it all the same.
  client.sendIndication({ family: 4, ip: '127.0.0.2', port: 9 }, DATA);
  ledger.sentByClients += 2;
  ledger.sentInVain += 2;
}

function expectEvent(wanted: TurnClientEvent['event'], event: TurnClientEvent): void {
  if (event.event === wanted) return;
  throw new Error(
    `wanted ${wanted}, got ${event.event === 'failed' ? `${event.request} ${event.cause}` : event.event}`,
  );
}

function pause(millis: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, millis));
}
