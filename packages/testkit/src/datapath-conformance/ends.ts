import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { type ClientTransport, StreamFramer, type TransportAddress, transportAddress } from '@pinhole/protocol';
import { Arrivals } from './until.ts';

/** One end of a conversation on loopback: a TURN client without the protocol, or a peer. */
export interface End {
  readonly address: TransportAddress;
  readonly received: Arrivals<Uint8Array>;
  send(bytes: Uint8Array, to?: TransportAddress): void;
  close(): void;
}

/** A TURN client's stream; what it receives is cut into messages. */
export interface StreamEnd extends End {
  readonly socket: Socket;
  /** Every byte as it came, padding included. */
  readonly receivedByteLength: () => number;
}

export function openClient(transport: ClientTransport, server: TransportAddress): Promise<End> {
  if (transport === 'udp') return openUdp(server);
  return transport === 'tcp' ? openTcp(server) : openTls(server);
}

/** A UDP socket; `server` is where it sends without being told. */
export async function openUdp(server?: TransportAddress, ip: '127.0.0.1' | '::1' = '127.0.0.1'): Promise<End> {
  const socket = createSocket(ip === '::1' ? 'udp6' : 'udp4');
  socket.bind(0, ip);
  await once(socket, 'listening');
  const received = new Arrivals<Uint8Array>('a datagram came back');
  let isOpen = true;
  socket.on('message', (bytes) => received.add(bytes));
  return {
    address: loopback(socket.address().port, ip),
    received,
    send: (bytes, to = server) => {
      if (to === undefined) throw new Error('Say where to send this.');
      socket.send(bytes, to.port, to.ip);
    },
    close: () => {
      if (isOpen) socket.close();
      isOpen = false;
    },
  };
}

export async function openTcp(server: TransportAddress): Promise<StreamEnd> {
  const socket = connectTcp({ host: server.ip, port: server.port, noDelay: true });
  await once(socket, 'connect');
  return streamEnd(socket, socket.localPort);
}

export async function openTls(server: TransportAddress, options: ConnectionOptions = {}): Promise<StreamEnd> {
  const socket = connectTls({ host: server.ip, port: server.port, rejectUnauthorized: false, ...options });
  await once(socket, 'secureConnect');
  return streamEnd(socket, socket.localPort);
}

function streamEnd(socket: Socket, port: number | undefined): StreamEnd {
  const received = new Arrivals<Uint8Array>('a message came back on the stream');
  const framer = new StreamFramer();
  let byteLength = 0;
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    byteLength += chunk.length;
    for (const frame of framer.push(chunk).frames) received.add(frame);
  });
  return {
    socket,
    address: loopback(port ?? 0),
    received,
    receivedByteLength: () => byteLength,
    send: (bytes) => void socket.write(bytes),
    close: () => void socket.destroy(),
  };
}

function loopback(port: number, ip = '127.0.0.1'): TransportAddress {
  const address = transportAddress(ip, port);
  if (address === undefined) throw new Error(`No port: ${port}`);
  return address;
}
