import { attribute, METHOD_ALLOCATE, Nonce, Realm, Software, Username } from '@pinhole/protocol';
import type { Answer } from '../answer.ts';
import { type Check, judge } from '../check.ts';
import { ask, delay, newTransactionId } from '../link.ts';
import { answers, holds } from '../observe.ts';
import { packet } from '../packet.ts';
import type { Target } from '../target.ts';
import { challenge, enter, type TurnUser, UDP } from '../turn-user.ts';
import { UdpLink } from '../udp-link.ts';

const STRANGERS = 8000;
const GUESSES = 600;
const TIMED = 40;
/** Asked for at most; a server that answers strangers with more lends itself to reflection. */
const MAX_AMPLIFICATION = 1.5;
/** Some thousand a second: beyond what anybody needs, and below what a receive buffer overflows from. */
const BURST = 8;
const PAUSE_MS = 1;

/** What a server says to those whom it does not know. */
export const CHALLENGE_CHECKS: readonly Check[] = [
  {
    row: 17,
    title: 'Allocate without MESSAGE-INTEGRITY, once and in numbers',
    source: 'coturn docs/stateless-nonce.md; STUN reflection, Netscout 2021',
    expected: '401 with REALM and NONCE, no SOFTWARE; over many requests at most 1.5 bytes out for one in',
    when: 'last',
    run: askReflection,
  },
  {
    row: 18,
    title: 'MESSAGE-INTEGRITY without the rest, with a wrong key, of an unknown user',
    source: 'RFC 8489 §9.2.4; coturn#1869',
    expected: '400; 401; the same 401 in size and in time',
    run: askWrongCredentials,
  },
  {
    row: 19,
    title: "Somebody else's nonce, a forged one, none",
    source: 'CVE-2025-69217; RFC 8489 §9.2',
    expected: '438 with a new nonce',
    run: askForeignNonce,
  },
  {
    row: 25,
    title: `${GUESSES} guesses of a password`,
    source: 'Enable Security, "TURN Server Security Best Practices"',
    expected: 'most of them unanswered: failures are held back by network',
    when: 'last',
    async run(target) {
      await using user = await enter(target);
      const guess = (): Buffer => withKey(user, Buffer.alloc(16, 1));
      const { received } = await burst(user, GUESSES, guess);
      return judge([holds('answers', received.length < GUESSES / 2, `${received.length} of ${GUESSES}`)]);
    },
  },
];

async function askReflection({ udp }: Target): ReturnType<Check['run']> {
  await using link = await UdpLink.open(udp);
  const first = await challenge(link);
  const stranger = (): Buffer => packet({ method: METHOD_ALLOCATE, transactionId: newTransactionId(), parts: [UDP] });
  const { received, sentBytes, receivedBytes } = await burst({ link }, STRANGERS, stranger);
  const factor = receivedBytes / sentBytes;
  return judge([
    answers('first', first, 401),
    holds('REALM and NONCE', first?.get(Realm) !== undefined && first.get(Nonce) !== undefined),
    holds('SOFTWARE', first?.get(Software) === undefined, first?.get(Software) ?? 'none'),
    holds(
      `bytes out per byte in, ${STRANGERS} requests`,
      factor <= MAX_AMPLIFICATION,
      `${factor.toFixed(2)}, ${received.length} answers`,
    ),
  ]);
}

async function askWrongCredentials(target: Target): ReturnType<Check['run']> {
  await using user = await enter(target);
  const [username, realm, nonce] = user.proof;
  const integrity = { integrityKey: user.key };
  const send = (...parts: Parameters<typeof packet>[0]['parts'] & object): Promise<Answer | undefined> =>
    ask(user.link, packet({ method: METHOD_ALLOCATE, transactionId: newTransactionId(), parts: [UDP, ...parts] }));
  if (username === undefined || realm === undefined || nonce === undefined) throw new Error('no proof');
  const wrong = await ask(user.link, withKey(user, Buffer.alloc(16, 1)));
  // On a link of their own: some servers tie a five-tuple to the first name that it was tried with.
  await using other = await enter(target);
  const unknown = await ask(other.link, asStranger(other));
  const wrongMillis = await medianMillis(() => ask(user.link, withKey(user, Buffer.alloc(16, 1))));
  const unknownMillis = await medianMillis(() => ask(other.link, asStranger(other)));
  const difference = Math.abs(wrongMillis - unknownMillis);
  return judge([
    answers('no USERNAME', await send(realm, nonce, integrity), 400),
    answers('no REALM', await send(username, nonce, integrity), 400),
    answers('no NONCE', await send(username, realm, integrity), 400),
    answers('wrong key', wrong, 401),
    answers('unknown user', unknown, 401),
    holds(
      'same size',
      wrong?.bytes.length === unknown?.bytes.length,
      `${wrong?.bytes.length}, ${unknown?.bytes.length} B`,
    ),
    // The machine's own noise is of this order; a database that is asked for one of the two and not the other is not.
    holds('same time', difference < 1, `medians differ by ${difference.toFixed(2)} ms`),
  ]);
}

async function askForeignNonce(target: Target): ReturnType<Check['run']> {
  await using victim = await enter(target);
  await using user = await enter(target);
  const own = user.nonce;
  const withNonce = async (nonce: string): Promise<Answer | undefined> => {
    user.nonce = nonce;
    return await ask(user.link, user.build(METHOD_ALLOCATE, [UDP]));
  };
  const foreign = await withNonce(victim.nonce);
  const forged = await withNonce(own.slice(0, -1) + (own.endsWith('0') ? '1' : '0'));
  const empty = await withNonce('');
  return judge([
    answers("another client's", foreign, 438),
    holds('a new one comes along', foreign?.get(Nonce) !== undefined && foreign.get(Nonce) !== victim.nonce),
    answers('last character changed', forged, 438),
    answers('empty', empty, 400, 401, 438),
    holds('nonces of two clients differ', own !== victim.nonce),
  ]);
}

interface BurstResult {
  readonly received: readonly Buffer[];
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

/** Sends many requests at a bounded rate, each once, and takes what comes back. */
async function burst({ link }: Pick<TurnUser, 'link'>, count: number, make: () => Buffer): Promise<BurstResult> {
  link.inbox.clear();
  let sentBytes = 0;
  for (let i = 0; i < count; i++) {
    const request = make();
    sentBytes += request.length;
    link.send(request);
    if (i % BURST === BURST - 1) await delay(PAUSE_MS);
  }
  await delay(300);
  const received = [...link.inbox.items];
  return { received, sentBytes, receivedBytes: received.reduce((sum, { length }) => sum + length, 0) };
}

async function medianMillis(request: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < TIMED; i++) {
    const started = performance.now();
    await request();
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[TIMED / 2] ?? 0;
}

function withKey(user: TurnUser, integrityKey: Uint8Array): Buffer {
  const parts = [UDP, ...user.proof, { integrityKey }];
  return packet({ method: METHOD_ALLOCATE, transactionId: newTransactionId(), parts });
}

/** A name of the same length that the server knows nothing of, proven with a key of its own. */
function asStranger(user: TurnUser): Buffer {
  const name = user.credential.username.replaceAll(/[a-z]/g, 'q');
  const parts = [UDP, attribute(Username, name), ...user.proof.slice(1), { integrityKey: user.key }];
  return packet({ method: METHOD_ALLOCATE, transactionId: newTransactionId(), parts });
}
