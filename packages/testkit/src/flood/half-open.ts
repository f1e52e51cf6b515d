// Runs inside the lab: connections that say nothing, or begin a TLS handshake and never end it. JSON in, lines out.
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

export interface HalfOpenInput {
  readonly ip: string;
  readonly port: number;
  readonly count: number;
  /** Where they come from, in turn: the machine has all of these addresses. */
  readonly sources: readonly string[];
  readonly seconds: number;
}

/** A TLS record that says that a ClientHello of 508 bytes follows, and four bytes of it. */
const BEGINNING_OF_HELLO = Uint8Array.of(22, 3, 1, 2, 0, 1, 0, 1, 252);
const AT_A_TIME = 200;

const input = JSON.parse(process.argv[2] ?? '') as HalfOpenInput;
await holdOpen(input);

async function holdOpen({ ip, port, count, sources, seconds }: HalfOpenInput): Promise<void> {
  const sockets: Socket[] = [];
  let connected = 0;
  let ended = 0;
  const end = performance.now() + seconds * 1000;
  for (let i = 0; i < count && performance.now() < end; i++) {
    const localAddress = sources[i % sources.length];
    const socket = connect({ host: ip, port, ...(localAddress === undefined ? {} : { localAddress }) });
    socket.once('connect', () => {
      connected += 1;
      if (i % 2 === 0) socket.write(BEGINNING_OF_HELLO);
    });
    socket.on('error', () => {});
    socket.once('close', () => {
      ended += 1;
    });
    sockets.push(socket);
    if (i % AT_A_TIME === 0) await pause(1);
  }
  await pause(Math.max(0, end - performance.now()));
  console.log(JSON.stringify({ connected, ended }));
  for (const socket of sockets) socket.destroy();
}
