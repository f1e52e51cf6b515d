import {
  type AttributeToEncode,
  attribute,
  Lifetime,
  METHOD_ALLOCATE,
  METHOD_BINDING,
  METHOD_CREATE_PERMISSION,
  METHOD_REFRESH,
  Nonce,
  Realm,
  Software,
  UnknownAttributes,
  Username,
  XorPeerAddress,
} from '@pinhole/protocol';
import type { Answer } from '../answer.ts';
import { type Check, judge, type Observation } from '../check.ts';
import { ask, newTransactionId } from '../link.ts';
import { UNKNOWN_OPTIONAL, UNKNOWN_REQUIRED } from '../numbers.ts';
import { answers, holds } from '../observe.ts';
import { attributeBytes, packet, rawAttribute } from '../packet.ts';
import { onEveryTransport, type Target } from '../target.ts';
import { challenge, enter, enterAndAllocate, type TurnUser, UDP } from '../turn-user.ts';
import { UdpLink } from '../udp-link.ts';

const ZERO_LIFETIME = attribute(Lifetime, 0);

/** Attributes where or as they should not be. */
export const ATTRIBUTE_CHECKS: readonly Check[] = [
  {
    row: 5,
    title: 'Unknown attributes, required and optional',
    source: 'RFC 8489 §6.3.1',
    expected: '420 with a bounded list, to strangers on Binding only; optional ones ignored',
    run: askUnknownAttributes,
  },
  {
    row: 6,
    title: 'Attributes behind MESSAGE-INTEGRITY and behind FINGERPRINT',
    source: 'coturn ab762f33; RFC 8489 §14.5',
    expected: 'ignored',
    run: askTrailingAttributes,
  },
  {
    row: 8,
    title: 'The same attribute twice',
    source: 'coturn#2016',
    expected: 'the first counts, for the check and for the effect',
    run: askDuplicates,
  },
  {
    row: 9,
    title: 'Overlong, binary and quoting text in USERNAME, REALM and NONCE',
    source: 'GHSA-v8hj-2xx7-xmp5, GHSA-4g7c-p5wg-j4hp, CVE-2018-4056',
    expected: '400, 401 or 438',
    run: askHostileText,
  },
  {
    row: 10,
    title: 'Padding: what the server sends, and what it reads',
    source: 'CVE-2020-4067, CVE-2026-40613',
    expected: 'zeros in every answer; the padding of a request does not count',
    run: askPadding,
  },
];

async function askUnknownAttributes(target: Target): ReturnType<Check['run']> {
  const observations = await onEveryTransport(target, async (link) => {
    const binding = (...types: readonly number[]): Buffer => {
      const parts = types.map((type) => rawAttribute(type, Buffer.alloc(4)));
      return packet({ method: METHOD_BINDING, transactionId: newTransactionId(), parts });
    };
    const required = await ask(link, binding(UNKNOWN_REQUIRED));
    const many = binding(...Array.from({ length: 60 }, (_, i) => UNKNOWN_REQUIRED + i));
    const capped = await ask(link, many, 1);
    return [
      answers(`required, ${link.transport}`, required, 420),
      holds(`list, ${link.transport}`, required?.get(UnknownAttributes)?.[0] === UNKNOWN_REQUIRED),
      answers(`optional, ${link.transport}`, await ask(link, binding(UNKNOWN_OPTIONAL)), 'success'),
      holds('answer to 60 is no larger', (capped?.bytes.length ?? 0) <= many.length, `${capped?.bytes.length ?? 0} B`),
    ];
  });
  await using user = await enter(target);
  const unknown = rawAttribute(UNKNOWN_REQUIRED, Buffer.alloc(4));
  return judge([
    ...observations,
    answers('Allocate of a stranger', await challenge(user.link, [UDP, unknown]), 401),
    answers('Allocate of a user', await user.allocate([UDP, unknown]), 420),
  ]);
}

async function askTrailingAttributes(target: Target): ReturnType<Check['run']> {
  await using user = await enterAndAllocate(target);
  const [peer] = target.peers;
  const behindIntegrity = await user.refresh().then(() => user.request(METHOD_REFRESH, [], [ZERO_LIFETIME]));
  const afterIt = await user.refresh();
  const behindFingerprint = await user.request(METHOD_REFRESH, [], [{ fingerprint: 'right' }, ZERO_LIFETIME]);
  const observations = [
    holds('LIFETIME 0 behind integrity', behindIntegrity?.get(Lifetime) !== 0, lifetimeOf(behindIntegrity)),
    answers('Refresh after it', afterIt, 'success'),
    holds('LIFETIME 0 behind FINGERPRINT', behindFingerprint?.get(Lifetime) !== 0, lifetimeOf(behindFingerprint)),
    answers('Refresh after that', await user.refresh(), 'success'),
  ];
  if (peer !== undefined) {
    const hidden = await user.request(METHOD_CREATE_PERMISSION, [], [attribute(XorPeerAddress, peer.address)]);
    observations.push(answers('peer behind integrity', hidden, 400));
  }
  return judge(observations);
}

async function askDuplicates(target: Target): ReturnType<Check['run']> {
  await using user = await enterAndAllocate(target);
  const refreshed = await user.refresh(attribute(Lifetime, 1800), ZERO_LIFETIME);
  const observations = [holds('Refresh with 1800, then 0', refreshed?.get(Lifetime) === 1800, lifetimeOf(refreshed))];
  const [peer] = target.peers;
  if (peer === undefined) return judge(observations);
  const loopback = { family: 4, ip: '127.0.0.1', port: 9 } as const;
  peer.inbox.clear();
  observations.push(
    answers('channel to a denied peer, then an allowed one', await user.bind(0x4001, loopback, peer.address), 403),
    ...(await askDuplicatePeer(user, target)),
  );
  return judge(observations);
}

/** What is checked must be what is used: the data has to arrive at the first of the two peers. */
async function askDuplicatePeer(user: TurnUser, { peers }: Target): Promise<Observation[]> {
  const [first, second] = peers;
  if (first === undefined || second === undefined) return [];
  await user.permit(first.address, second.address);
  user.sendTo('to the first', first.address, second.address);
  const atFirst = await first.receives('to the first', 500);
  const atSecond = await second.receives('to the first', 50);
  return [holds('Send with two peers', atSecond === undefined, atFirst === undefined ? 'dropped' : 'to the first')];
}

async function askHostileText(target: Target): ReturnType<Check['run']> {
  const long = (length: number): Buffer => Buffer.alloc(length, 'a');
  const texts: readonly [string, AttributeToEncode][] = [
    ['USERNAME of 514 bytes', rawAttribute(Username.type, long(514))],
    ['USERNAME with NUL', rawAttribute(Username.type, 'a\0b')],
    ['USERNAME with CR LF', rawAttribute(Username.type, 'a\r\nadmin: yes')],
    ['USERNAME with %n%s', rawAttribute(Username.type, '%n%n%s%s')],
    ['USERNAME with a quote', rawAttribute(Username.type, "' OR 1=1; --")],
    ['USERNAME not in UTF-8', rawAttribute(Username.type, Buffer.of(0xff, 0xfe, 0xc0))],
    ['USERNAME of 0 bytes', rawAttribute(Username.type, '')],
    ['REALM of 764 bytes', rawAttribute(Realm.type, long(764))],
    ['NONCE of 764 bytes', rawAttribute(Nonce.type, long(764))],
    ['NONCE with NUL', rawAttribute(Nonce.type, Buffer.alloc(16))],
  ];
  const observations: Observation[] = [];
  for (const [what, text] of texts) {
    // A link each: some servers tie a five-tuple to the first name that it was tried with.
    await using user = await enter(target);
    const parts = [UDP, ...user.proof.map((one) => (one.type === text.type ? text : one))];
    const message = { method: METHOD_ALLOCATE, transactionId: newTransactionId() };
    const answer = await ask(user.link, packet({ ...message, parts: [...parts, { integrityKey: Buffer.alloc(16) }] }));
    observations.push(answers(what, answer, 400, 401, 438));
  }
  return judge(observations);
}

async function askPadding(target: Target): ReturnType<Check['run']> {
  await using link = await UdpLink.open(target.udp);
  const optional = attributeBytes(UNKNOWN_OPTIONAL, Buffer.of(1));
  optional.fill(0xff, 5);
  const padded = packet({ method: METHOD_BINDING, transactionId: newTransactionId(), parts: [{ bytes: optional }] });
  const odd = packet({
    method: METHOD_BINDING,
    transactionId: newTransactionId(),
    parts: [attribute(Software, 'x'), rawAttribute(UNKNOWN_REQUIRED, Buffer.of(1, 2, 3))],
  });
  const got = [await ask(link, padded), await ask(link, odd), await challenge(link)];
  await using user = await enterAndAllocate(target);
  got.push(await user.refresh(), await user.bind(0x1234));
  const all = got.flatMap((answer) => answer?.attributes ?? []).filter(({ padding }) => padding.length > 0);
  const dirty = all.filter(({ padding }) => padding.some((byte) => byte !== 0));
  return judge([
    answers('request padded with 0xFF', got[0], 'success'),
    holds(
      'padding of answers',
      dirty.length === 0,
      `${all.length} padded attributes, ${dirty.length} of them not zero`,
    ),
  ]);
}

function lifetimeOf(answer: Answer | undefined): string {
  if (answer === undefined) return 'no answer';
  const seconds = answer.get(Lifetime);
  return seconds === undefined ? `error ${answer.errorCode ?? '?'}` : `${seconds} s`;
}
