import { attribute, type Credential, Lifetime, METHOD_ALLOCATE, METHOD_REFRESH } from '@pinhole/protocol';
import { type Answer, inAWord } from '../answer.ts';
import { type Check, judge, notApplicable } from '../check.ts';
import { unixNow } from '../credential-source.ts';
import { ask, newTransactionId } from '../link.ts';
import { PASSWORD_ALGORITHM, PASSWORD_ALGORITHMS } from '../numbers.ts';
import { answers, holds } from '../observe.ts';
import { type Part, packet, rawAttribute } from '../packet.ts';
import type { Target } from '../target.ts';
import { challenge, enter, TurnUser, UDP } from '../turn-user.ts';
import { UdpLink } from '../udp-link.ts';

const TEN_YEARS_SECONDS = 315_360_000;
/** RFC 8489 §9.2: nonces that begin so carry 24 bits that say what the server can, so that nobody strips it. */
const NONCE_COOKIE = 'obMatJos2';
/** The last of them: RFC 8489 §18.1 as its erratum 6290 and the vector of Appendix B.1 have it. */
const PASSWORD_ALGORITHMS_BIT = 0x01;
/** Number and parameter length of MD5 and of SHA-256 (RFC 8489 §18.5). */
const MD5 = Buffer.from('00010000', 'hex');

/** What one user may do with a credential, and with another's allocation. */
export const CREDENTIAL_CHECKS: readonly Check[] = [
  {
    row: 20,
    title: 'Time-limited usernames: no number, negative, 2^63, expired, ten years ahead, nobody',
    source: 'coturn use-auth-secret; LiveKit#4505',
    expected: '401',
    run: askExpiries,
  },
  {
    row: 21,
    title: "Another user's allocation; Allocate twice on one five-tuple",
    source: 'RFC 8656 §5, §7.2',
    expected: '441; 437, and the same answer to a retransmission',
    run: askForeignAllocation,
  },
  {
    row: 22,
    title: 'Bidding down to MD5: PASSWORD-ALGORITHMS or nonce bits stripped',
    source: 'RFC 8489 §9.2.4, §16.1',
    expected: '400, or 438 for the nonce',
    run: askBidDown,
  },
];

async function askExpiries(target: Target): ReturnType<Check['run']> {
  const { mint } = target.credentials;
  if (mint === undefined) return notApplicable('needs --secret');
  const now = unixNow();
  const credentials: readonly [string, Credential][] = [
    ['no number', mint('soon', 'mallory')],
    ['hexadecimal', mint(`0x${(now + 3600).toString(16)}`, 'mallory')],
    ['negative', mint('-1', 'mallory')],
    ['2^63', mint('9223372036854775808', 'mallory')],
    ['expired', mint(String(now - 3600), 'mallory')],
    ['ten years ahead', mint(String(now + TEN_YEARS_SECONDS), 'mallory')],
    ['empty', { username: '', password: mint('', '').password }],
  ];
  const observations = [];
  for (const [what, credential] of credentials) {
    await using user = await enter(target, { credential });
    // The empty name is malformed to some readers of RFC 8489 §14.3, and wrong to all.
    observations.push(answers(what, await user.allocate(), 401, ...(what === 'empty' ? [400] : [])));
  }
  return judge(observations);
}

async function askForeignAllocation(target: Target): ReturnType<Check['run']> {
  await using user = await enter(target);
  const request = user.build(METHOD_ALLOCATE, [UDP]);
  const first = await ask(user.link, request);
  user.relayed = first?.isSuccess === true ? target.udp : undefined;
  const again = await ask(user.link, request);
  const observations = [
    answers('Allocate', first, 'success'),
    holds('retransmitted', first?.bytes.equals(again?.bytes ?? Buffer.of()) === true, sameOrNot(first, again)),
    answers('another Allocate', await user.request(METHOD_ALLOCATE, [UDP]), 437),
  ];
  const { second } = target.credentials;
  if (second !== undefined) {
    const thief = user.as(second);
    observations.push(
      answers("Refresh by another's credential", await thief.request(METHOD_REFRESH, [attribute(Lifetime, 0)]), 441),
      answers('Refresh by the owner after it', await user.refresh(), 'success'),
    );
  }
  return judge(observations);
}

function sameOrNot(first: Answer | undefined, again: Answer | undefined): string {
  return first !== undefined && again !== undefined && first.bytes.equals(again.bytes) ? 'the same' : inAWord(again);
}

async function askBidDown(target: Target): ReturnType<Check['run']> {
  await using link = await UdpLink.open(target.udp);
  const offer = (await challenge(link))?.raw(PASSWORD_ALGORITHMS);
  await using user = await TurnUser.enter(link, target.credentials.first);
  if (!offersAlgorithms(user.nonce)) return notApplicable('the server offers no password algorithms');
  const ours = rawAttribute(PASSWORD_ALGORITHM, MD5);
  const send = async (...parts: readonly Part[]): Promise<Answer | undefined> => {
    const all = [UDP, ...user.proof, ...parts, { integrityKey: user.key }];
    return await ask(link, packet({ method: METHOD_ALLOCATE, transactionId: newTransactionId(), parts: all }));
  };
  const observations = [
    holds('the list comes with the nonce', offer !== undefined),
    answers('PASSWORD-ALGORITHM alone', await send(ours), 400),
    answers('a shorter list', await send(rawAttribute(PASSWORD_ALGORITHMS, MD5), ours), 400),
    answers('the list alone', await send(rawAttribute(PASSWORD_ALGORITHMS, offer ?? MD5)), 400),
  ];
  user.nonce = `${NONCE_COOKIE}AAAA${user.nonce.slice(NONCE_COOKIE.length + 4)}`;
  return judge([...observations, answers('the bits cleared', await send(), 400, 438)]);
}

function offersAlgorithms(nonce: string): boolean {
  if (!nonce.startsWith(NONCE_COOKIE)) return false;
  const features = Buffer.from(nonce.slice(NONCE_COOKIE.length, NONCE_COOKIE.length + 4), 'base64').at(-1) ?? 0;
  return (features & PASSWORD_ALGORITHMS_BIT) !== 0;
}
