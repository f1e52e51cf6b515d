// node-datachannel: libdatachannel with libjuice for ICE. Its own interface, because its W3C one puts the username unescaped into a
// URL, where the colon of a time-limited username ends it too early.
import { type DataChannel, PeerConnection } from 'node-datachannel';
import type { ClientOutcome, ClientTask, RelayedEnd } from '../client-task.ts';
import { packageVersion } from './node-module.ts';
import { countEchoes, messageOf, runClientProgram } from './task-io.ts';

const RELAY_TYPES = { udp: 'TurnUdp', tcp: 'TurnTcp', tls: 'TurnTls' } as const;

await runClientProgram(async (task) => {
  const offerer = open(task, 'offerer');
  const answerer = open(task, 'answerer');
  signal(offerer, answerer);
  signal(answerer, offerer);
  answerer.onDataChannel((channel) => channel.onMessage((data) => channel.sendMessageBinary(bytesOf(data))));
  const channel = offerer.createDataChannel('echo');
  await new Promise<void>((resolve) => channel.onOpen(resolve));
  const echoed = await sendAndCollect(channel, task);
  const ends = [relayedEnd(offerer), relayedEnd(answerer)];
  await Promise.all([offerer, answerer].map(closed));
  return { version: packageVersion('node-datachannel'), ...countEchoes(task, echoed), ends } satisfies ClientOutcome;
});

function open(task: ClientTask, name: string): PeerConnection {
  const { server, username, password } = task;
  const relay = { hostname: server.ip, port: server.port, username, password, relayType: RELAY_TYPES[task.transport] };
  return new PeerConnection(name, { iceServers: [relay], iceTransportPolicy: 'relay' });
}

function signal(from: PeerConnection, to: PeerConnection): void {
  from.onLocalDescription((sdp, type) => to.setRemoteDescription(sdp, type));
  from.onLocalCandidate((candidate, mid) => to.addRemoteCandidate(candidate, mid));
}

function sendAndCollect(channel: DataChannel, task: ClientTask): Promise<Uint8Array[]> {
  const echoed: Uint8Array[] = [];
  const all = new Promise<Uint8Array[]>((resolve) => {
    channel.onMessage((data) => {
      echoed.push(bytesOf(data));
      if (echoed.length === task.messages) resolve(echoed);
    });
  });
  for (let index = 0; index < task.messages; index += 1) channel.sendMessageBinary(messageOf(task, index));
  return all;
}

function bytesOf(data: string | Buffer | ArrayBuffer): Uint8Array {
  return typeof data === 'string' ? Buffer.from(data) : new Uint8Array(data);
}

function relayedEnd(end: PeerConnection): RelayedEnd {
  const pair = end.getSelectedCandidatePair();
  return { localType: pair?.local.type ?? 'none', remoteType: pair?.remote.type ?? 'none' };
}

function closed(end: PeerConnection): Promise<void> {
  const gone = new Promise<void>((resolve) => end.onStateChange((state) => state === 'closed' && resolve()));
  end.close();
  return gone;
}
