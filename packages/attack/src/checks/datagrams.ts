import { randomBytes } from 'node:crypto';
import { METHOD_BINDING } from '@pinhole/protocol';
import { Answer } from '../answer.ts';
import { type Check, judge, type Observation } from '../check.ts';
import { bindingRequest, closesWithin, newTransactionId, replies } from '../link.ts';
import { UNKNOWN_OPTIONAL } from '../numbers.ts';
import { answers, holds, silence } from '../observe.ts';
import { attributeBytes, packet } from '../packet.ts';
import { StreamLink } from '../stream-link.ts';
import { onEveryTransport, type Target } from '../target.ts';
import { UdpLink } from '../udp-link.ts';

const CLOSE_MS = 5000;
/** As many empty attributes as one datagram holds. */
const MOST_ATTRIBUTES = 16_000;

/** What is no STUN message at all, or says so of itself. */
export const DATAGRAM_CHECKS: readonly Check[] = [
  {
    row: 1,
    title: 'Datagrams of 0-19 bytes, and such that begin with 10 or 11',
    source: 'RFC 7983; rusturn#5',
    expected: 'dropped without an answer',
    async run({ udp }) {
      await using link = await UdpLink.open(udp);
      const cut = Array.from({ length: 20 }, (_, length) => bindingRequest().subarray(0, length));
      const foreign = [0x80, 0xc0, 0xff].map((first) => Buffer.concat([Buffer.of(first), randomBytes(99)]));
      return judge([
        silence('0-19 bytes', await replies(link, ...cut)),
        silence('first bits 10 and 11', await replies(link, ...foreign)),
      ]);
    },
  },
  {
    row: 2,
    title: 'A length that is no multiple of four, or not the length; 0xFFFF over TCP',
    source: 'CVE-2026-68552',
    expected: 'UDP: dropped; TCP and TLS: closed',
    run: askWrongLengths,
  },
  {
    row: 3,
    title: 'A wrong magic cookie, as RFC 3489 had none',
    source: 'RFC 8489 §6.3; CVE-2026-62959',
    expected: 'dropped',
    async run({ udp }) {
      await using link = await UdpLink.open(udp);
      const old = packet({ method: METHOD_BINDING, transactionId: newTransactionId(), cookie: 0 });
      const flipped = packet({ method: METHOD_BINDING, transactionId: newTransactionId(), cookie: 0x2112_a443 });
      return judge([
        silence('cookie 0', await replies(link, old)),
        silence('one bit off', await replies(link, flipped)),
      ]);
    },
  },
  {
    row: 4,
    title: 'An attribute that runs past the end; a thousand and 16,000 empty attributes',
    source: 'RFC 8489 §6.3.1',
    expected: 'bounded work; 400 or no answer',
    run: askAttributeFloods,
  },
  {
    row: 7,
    title: 'A wrong FINGERPRINT; responses; indications of no known method',
    source: 'RFC 8489 §6.3, §14.7',
    expected: 'dropped',
    run: async (target) =>
      judge(
        await onEveryTransport(target, async (link) => {
          const transactionId = newTransactionId();
          const method = METHOD_BINDING;
          const wrong = packet({ method, transactionId, parts: [{ fingerprint: 'wrong' }] });
          const responses = (['success', 'error'] as const).map((messageClass) =>
            packet({ messageClass, method, transactionId }),
          );
          const unknown = packet({ messageClass: 'indication', method: 0x7ff, transactionId });
          return [
            silence(`responses, ${link.transport}`, await replies(link, ...responses)),
            silence(`unknown indication, ${link.transport}`, await replies(link, unknown)),
            silence(`wrong FINGERPRINT, ${link.transport}`, await replies(link, wrong)),
          ];
        }),
      ),
  },
];

async function askWrongLengths({ udp, tcp }: Target): ReturnType<Check['run']> {
  await using link = await UdpLink.open(udp);
  const withLength = (declaredLength: number, parts = [{ bytes: Buffer.alloc(8, 0xff) }]): Buffer =>
    packet({ method: METHOD_BINDING, transactionId: newTransactionId(), parts, declaredLength });
  const observations = [
    silence('not ×4', await replies(link, withLength(7))),
    silence('more than there is', await replies(link, withLength(400))),
    silence('less than there is', await replies(link, withLength(4))),
    silence('0xFFFF and 0xFFFC', await replies(link, withLength(0xffff), withLength(0xfffc))),
  ];
  if (tcp !== undefined) {
    await using stream = await StreamLink.tcp(tcp);
    stream.send(withLength(0xffff));
    observations.push(holds('TCP 0xFFFF closed', await closesWithin(stream, CLOSE_MS)));
  }
  return judge(observations);
}

async function askAttributeFloods({ udp }: Target): ReturnType<Check['run']> {
  await using link = await UdpLink.open(udp);
  const binding = (bytes: Buffer): Buffer =>
    packet({ method: METHOD_BINDING, transactionId: newTransactionId(), parts: [{ bytes }] });
  const empty = (count: number): Buffer =>
    Buffer.concat(Array(count).fill(attributeBytes(UNKNOWN_OPTIONAL, Buffer.of())));
  const pastTheEnd = [400, 0xffff, 0xfffc].map((length) => attributeBytes(UNKNOWN_OPTIONAL, Buffer.alloc(4), length));
  const attacks: readonly [string, Buffer][] = [
    ...pastTheEnd.map((bytes): [string, Buffer] => ['past the end', bytes]),
    ['1,000 empty', empty(1000)],
    ['16,000 empty', empty(MOST_ATTRIBUTES)],
  ];
  const observations: Observation[] = [];
  for (const [what, bytes] of attacks) {
    const [first] = await replies(link, binding(bytes));
    observations.push(answers(what, first && Answer.read(first), 400, 'none'));
  }
  const started = performance.now();
  await replies(link, ...Array<Buffer>(20).fill(binding(empty(MOST_ATTRIBUTES))));
  const millis = Math.round(performance.now() - started);
  return judge([...observations, holds('20 such datagrams hold it up', millis < 1500, `${millis} ms`)]);
}
