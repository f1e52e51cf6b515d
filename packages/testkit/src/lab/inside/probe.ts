// Runs inside the lab: sends one word to each target, prints which ones sent it back.
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import type { Endpoint, ProbeInput } from '../reachability.ts';

const WORD = 'hello';
const { targets, timeoutMs } = JSON.parse(process.argv[2] ?? '') as ProbeInput;
console.log(JSON.stringify(await Promise.all(targets.map(isReachable))));

function isReachable(target: Endpoint): Promise<boolean> {
  return target.protocol === 'udp' ? answersUdp(target) : answersTcp(target);
}

function answersUdp({ ip, port }: Endpoint): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const end = (answered: boolean): void => {
      clearTimeout(timer);
      socket.close();
      resolve(answered);
    };
    const timer = setTimeout(() => end(false), timeoutMs);
    socket.once('message', (message) => end(message.toString() === WORD));
    socket.once('error', () => end(false));
    socket.send(WORD, port, ip);
  });
}

function answersTcp({ ip, port }: Endpoint): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(port, ip);
    const end = (answered: boolean): void => {
      clearTimeout(timer);
      connection.destroy();
      resolve(answered);
    };
    const timer = setTimeout(() => end(false), timeoutMs);
    connection.once('connect', () => connection.write(WORD));
    connection.once('data', (chunk) => end(chunk.toString() === WORD));
    connection.once('error', () => end(false));
  });
}
