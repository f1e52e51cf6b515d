import { XorMappedAddress } from '@pinhole/protocol';
import { Answer } from '../answer.ts';
import { type Check, judge, notApplicable, type Observation } from '../check.ts';
import { ANSWER_MS, bindingRequest, closesWithin, delay, isAlive, replies } from '../link.ts';
import { holds, silence } from '../observe.ts';
import { StreamLink } from '../stream-link.ts';
import type { Target } from '../target.ts';
import { UdpLink } from '../udp-link.ts';

const CLOSE_MS = 5000;
/** Thirty seconds for a frame, and some for a coarse timer. */
const HALF_FRAME_MS = 36_000;
const FRAMES = 64;
const NO_TCP = 'the server does not listen on TCP';
const SPOOFED_SOURCE = '192.0.2.77';
const MARKER = 'attack-marker-7f3a9c0124';

/** What a TCP connection may carry besides well-cut messages. */
export const STREAM_CHECKS: readonly Check[] = [
  {
    row: 12,
    title: 'TCP byte by byte, 64 frames at once, half a frame, garbage',
    source: 'RFC 8489 §6.2.2; slow loris',
    expected: 'answered; half a frame closed after 30 s, garbage at once',
    when: 'alongside',
    run: askFraming,
  },
  {
    row: 14,
    title: 'A PROXY header from a stranger, over TCP and UDP',
    source: 'PROXY protocol §5',
    expected: 'closed, dropped; the address in it believed by nobody',
    run: askProxyHeaders,
  },
  {
    row: 15,
    title: 'An HTTP request on the TURN ports',
    source: 'CVE-2026-62959; CVE-2020-6061',
    expected: 'served or refused, nothing of it reflected',
    run: askHttp,
  },
];

async function askFraming({ tcp }: Target): ReturnType<Check['run']> {
  if (tcp === undefined) return notApplicable(NO_TCP);
  await using slow = await StreamLink.tcp(tcp);
  for (const byte of bindingRequest()) {
    slow.send(Buffer.of(byte));
    await delay(2);
  }
  const first = await slow.inbox.take(() => true, ANSWER_MS);
  await using many = await StreamLink.tcp(tcp);
  many.send(Buffer.concat(Array.from({ length: FRAMES }, bindingRequest)));
  await delay(ANSWER_MS / 2);
  await using garbage = await StreamLink.tcp(tcp);
  garbage.send(Buffer.alloc(64, 0xff));
  await using half = await StreamLink.tcp(tcp);
  half.send(bindingRequest().subarray(0, 11));
  return judge([
    holds('byte by byte', first !== undefined),
    holds('64 frames in one segment', many.inbox.items.length === FRAMES, `${many.inbox.items.length} answers`),
    holds('garbage closed', await closesWithin(garbage, CLOSE_MS)),
    holds('half a frame closed within 36 s', await closesWithin(half, HALF_FRAME_MS)),
  ]);
}

async function askProxyHeaders({ udp, tcp }: Target): ReturnType<Check['run']> {
  await using link = await UdpLink.open(udp);
  const v1 = Buffer.from(`PROXY TCP4 ${SPOOFED_SOURCE} 192.0.2.1 4711 3478\r\n`);
  const observations = [
    silence('v2 over UDP', await replies(link, Buffer.concat([proxyV2(0x12), bindingRequest()]))),
    silence('v1 over UDP', await replies(link, Buffer.concat([v1, bindingRequest()]))),
  ];
  const headers: readonly [string, Buffer][] = [
    ['v1', v1],
    ['v2', proxyV2(0x11)],
  ];
  for (const [what, header] of tcp === undefined ? [] : headers) {
    await using stream = await StreamLink.tcp(tcp as NonNullable<typeof tcp>);
    stream.send(Buffer.concat([header, bindingRequest()]));
    const isClosed = await closesWithin(stream, CLOSE_MS);
    const mapped = stream.inbox.items.map((bytes) => Answer.read(bytes)?.get(XorMappedAddress)?.ip);
    observations.push(
      holds(`${what} over TCP closed`, isClosed),
      holds(
        `${what} over TCP believed`,
        !mapped.includes(SPOOFED_SOURCE),
        mapped.includes(SPOOFED_SOURCE) ? 'yes' : 'no',
      ),
    );
  }
  return judge(observations);
}

/** Version 2, command PROXY, IPv4: 192.0.2.77:4711 to 192.0.2.1:3478. `family` says stream (0x11) or datagram (0x12). */
function proxyV2(family: 0x11 | 0x12): Buffer {
  const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n');
  return Buffer.concat([
    signature,
    Buffer.of(0x21, family, 0, 12, 192, 0, 2, 77, 192, 0, 2, 1, 0x12, 0x67, 0x0d, 0x96),
  ]);
}

/** The marker where no answer has a use for it: a redirect may repeat a path, and nothing else. */
function httpRequest(): Buffer {
  const lines = [
    'GET /.well-known/acme-challenge/x HTTP/1.1',
    'Host: localhost',
    'Connection: close',
    'Content-Length: 24',
  ];
  return Buffer.from([...lines, `X-Marker: ${MARKER}`, `Cookie: ${MARKER}`, '', MARKER].join('\r\n'));
}

async function askHttp({ tcp, tls }: Target): ReturnType<Check['run']> {
  const links = [
    ...(tcp === undefined ? [] : [await StreamLink.tcp(tcp)]),
    ...(tls === undefined ? [] : [await StreamLink.tls(tls)]),
  ];
  if (links.length === 0) return notApplicable(NO_TCP);
  const observations: Observation[] = [];
  for (const link of links) {
    await using open = link;
    open.send(httpRequest());
    await closesWithin(open, CLOSE_MS);
    const text = open.received.toString('latin1');
    observations.push(
      holds(`${open.transport}: ended`, open.isClosed || text !== '', text.split('\r\n', 1)[0] || 'closed'),
      holds(`${open.transport}: nothing reflected`, !text.includes(MARKER)),
    );
  }
  await using after = tcp === undefined ? undefined : await StreamLink.tcp(tcp);
  if (after !== undefined) observations.push(holds('TURN over TCP after it', await isAlive(after)));
  return judge(observations);
}
