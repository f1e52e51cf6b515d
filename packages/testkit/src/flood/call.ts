// Runs inside the lab: one call through the relay, 50 packets a second each way, and how it fared. JSON in, JSON out.
import { setTimeout as pause } from 'node:timers/promises';
import type { Credential, TransportAddress } from '@pinhole/protocol';
import { type ServerPlace, SocketTurnClient } from '../socket-turn-client.ts';

export interface CallInput {
  readonly place: ServerPlace;
  readonly credential: Credential;
  readonly peer: TransportAddress;
  readonly seconds: number;
}

export interface CallReport {
  readonly sent: number;
  readonly received: number;
  readonly medianMillis: number;
  readonly p99Millis: number;
}

const PACKETS_PER_SECOND = 50;
const CHANNEL = 0x4001;
/** The size of a packet of Opus audio with its RTP header. */
const PACKET_LENGTH = 160;
/** What is not back by then is lost to a call. */
const LATE_MILLIS = 1000;

const input = JSON.parse(process.argv[2] ?? '') as CallInput;
console.log(JSON.stringify(await call(input)));

async function call({ place, credential, peer, seconds }: CallInput): Promise<CallReport> {
  const client = await SocketTurnClient.connect(place, credential);
  await client.request((turn, now) => turn.allocate(now));
  const bound = await client.request((turn, now) => turn.bindChannel(now, CHANNEL, peer));
  if (bound.event !== 'channelBound') throw new Error(`no channel: ${JSON.stringify(bound)}`);
  console.log('talking');

  const delays: number[] = [];
  client.onData = ({ bytes }) => {
    delays.push(performance.now() - new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0));
  };
  const count = seconds * PACKETS_PER_SECOND;
  const start = performance.now();
  for (let i = 0; i < count; i++) {
    const packet = new Uint8Array(PACKET_LENGTH);
    new DataView(packet.buffer).setFloat64(0, performance.now());
    client.sendChannelData(CHANNEL, packet);
    await pause(Math.max(0, start + ((i + 1) * 1000) / PACKETS_PER_SECOND - performance.now()));
  }
  await pause(LATE_MILLIS);
  client.close();
  const inTime = delays.filter((delay) => delay <= LATE_MILLIS).sort((a, b) => a - b);
  const at = (share: number): number => Math.round((inTime[Math.floor(inTime.length * share)] ?? Number.NaN) * 10) / 10;
  return { sent: count, received: inTime.length, medianMillis: at(0.5), p99Millis: at(0.99) };
}
