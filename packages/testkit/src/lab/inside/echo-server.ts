// Runs inside the lab: answers every datagram and every stream with what it got.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { EchoServerInput, Endpoint } from '../reachability.ts';

const { endpoints } = JSON.parse(process.argv[2] ?? '') as EchoServerInput;
await Promise.all(endpoints.map(listen));
console.log('listening');

async function listen({ protocol, ip, port }: Endpoint): Promise<void> {
  if (protocol === 'udp') await listenUdp(ip, port);
  else await listenTcp(ip, port);
}

async function listenUdp(ip: string, port: number): Promise<void> {
  const socket = createSocket('udp4');
  socket.on('message', (message, from) => socket.send(message, from.port, from.address));
  socket.bind(port, ip);
  await once(socket, 'listening');
}

async function listenTcp(ip: string, port: number): Promise<void> {
  const server = createServer((connection) => {
    connection.on('error', () => connection.destroy());
    connection.pipe(connection);
  });
  server.listen(port, ip);
  await once(server, 'listening');
}
