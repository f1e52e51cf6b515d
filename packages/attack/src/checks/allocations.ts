import {
  attribute,
  EvenPort,
  Lifetime,
  RequestedAddressFamily,
  RequestedTransport,
  XorRelayedAddress,
} from '@pinhole/protocol';
import type { Answer } from '../answer.ts';
import { type Check, judge, type Observation } from '../check.ts';
import { DONT_FRAGMENT, RESERVATION_TOKEN, TRANSPORT_TCP } from '../numbers.ts';
import { answers, holds } from '../observe.ts';
import { type Part, rawAttribute } from '../packet.ts';
import type { Target } from '../target.ts';
import { enter, enterAndAllocate, type TurnUser, UDP } from '../turn-user.ts';

const MAX_LIFETIME_SECONDS = 3600;
const MIN_LIFETIME_SECONDS = 600;
const RESERVATION_ROUNDS = 30;
/** More than any one person's devices need; a server that gives as many has no quota worth the name. */
const TOO_MANY_ALLOCATIONS = 120;

export const ALLOCATION_CHECKS: readonly Check[] = [
  {
    row: 48,
    title: 'REQUESTED-TRANSPORT and -ADDRESS-FAMILY: absent, unknown, contradicting',
    source: 'RFC 8656 §7.2',
    expected: '400, 442, 440, 400',
    run: async (target) =>
      judge([
        answers('no transport', await allocateOnce(target), 400),
        answers('transport 99', await allocateOnce(target, attribute(RequestedTransport, 99)), 442),
        answers('TCP over UDP', await allocateOnce(target, attribute(RequestedTransport, TRANSPORT_TCP)), 442, 400),
        answers('family 9', await allocateOnce(target, UDP, attribute(RequestedAddressFamily, 9)), 440),
        answers(
          'family with RESERVATION-TOKEN',
          await allocateOnce(target, UDP, attribute(RequestedAddressFamily, 1), token(Buffer.alloc(8, 7))),
          400,
        ),
      ]),
  },
  {
    row: 49,
    title: 'EVEN-PORT and reservations: used, foreign and invented tokens; DONT-FRAGMENT',
    source: 'coturn 4adbd82e; RFC 8656 §7.2',
    expected: 'an even port, a token that works once and for its user; else 508; no port lost',
    run: askReservations,
  },
  {
    row: 50,
    title: 'LIFETIME 1 and 2^32-1, Refresh to 0, Refresh of nothing',
    source: 'RFC 8656 §7.2, §8.2',
    expected: `${MIN_LIFETIME_SECONDS} to ${MAX_LIFETIME_SECONDS} s, an answer, 437`,
    run: askLifetimes,
  },
  {
    row: 51,
    title: `${TOO_MANY_ALLOCATIONS} allocations of one user`,
    source: 'coturn 3c5b2615',
    expected: '486 at the quota, and service again after one is given back',
    run: askQuota,
  },
];

async function allocateOnce(target: Target, ...parts: Part[]): Promise<Answer | undefined> {
  await using user = await enter(target);
  return await user.allocate(parts);
}

function token(value: Uint8Array): Part {
  return rawAttribute(RESERVATION_TOKEN, value);
}

async function askReservations(target: Target): ReturnType<Check['run']> {
  const even = await allocateOnce(target, UDP, attribute(EvenPort, { reserveNext: false }));
  const port = even?.get(XorRelayedAddress)?.port;
  return judge([
    answers('EVEN-PORT', even, 'success'),
    holds('port', port !== undefined && port % 2 === 0, String(port)),
    answers('invented token', await allocateOnce(target, UDP, token(Buffer.alloc(8, 7))), 508),
    answers('short token', await allocateOnce(target, UDP, token(Buffer.alloc(3))), 400, 508),
    answers('DONT-FRAGMENT', await allocateOnce(target, UDP, rawAttribute(DONT_FRAGMENT, Buffer.of())), 420, 'success'),
    ...(await askTokens(target)),
  ]);
}

async function askTokens(target: Target): Promise<Observation[]> {
  await using user = await enter(target);
  const reserved = await user.allocate([UDP, attribute(EvenPort, { reserveNext: true })]);
  const value = reserved?.raw(RESERVATION_TOKEN);
  // Reservations are optional (RFC 8656 §7.2 step 8): a server without them says that it has no port.
  if (value === undefined) return [answers('reservation', reserved, 508)];
  const { second } = target.credentials;
  const observations: Observation[] = [];
  if (second !== undefined) {
    await using thief = await enter(target, { credential: second });
    observations.push(answers("another user's token", await thief.allocate([UDP, token(value)]), 508));
  }
  await using partner = await enter(target);
  const next = await partner.allocate([UDP, token(value)]);
  await using late = await enter(target);
  return [
    ...observations,
    holds(
      'port from the token',
      partner.relayed?.port === (user.relayed?.port ?? 0) + 1,
      String(next?.errorCode ?? partner.relayed?.port),
    ),
    answers('token used again', await late.allocate([UDP, token(value)]), 508),
    await askForLostPorts(target),
  ];
}

/** Reserves and lets go many times; each round must still find its pair of ports. */
async function askForLostPorts(target: Target): Promise<Observation> {
  for (let i = 0; i < RESERVATION_ROUNDS; i++) {
    const answer = await allocateOnce(target, UDP, attribute(EvenPort, { reserveNext: true }));
    if (answer?.isSuccess !== true) return answers(`reservation ${i + 1}`, answer, 'success');
  }
  return holds(`${RESERVATION_ROUNDS} reservations, one after the other`, true, 'all given');
}

async function askLifetimes(target: Target): ReturnType<Check['run']> {
  await using user = await enter(target);
  const clamped = async (what: string, request: Promise<Answer | undefined>): Promise<Observation> => {
    const seconds = (await request)?.get(Lifetime);
    const isClamped = seconds !== undefined && seconds >= MIN_LIFETIME_SECONDS && seconds <= MAX_LIFETIME_SECONDS;
    return holds(what, isClamped, seconds === undefined ? 'no LIFETIME' : `${seconds} s`);
  };
  return judge([
    await clamped('Allocate with 1', user.allocate([UDP, attribute(Lifetime, 1)])),
    await clamped('Refresh with 1', user.refresh(attribute(Lifetime, 1))),
    await clamped('Refresh with 2^32-1', user.refresh(attribute(Lifetime, 0xffff_ffff))),
    answers('Refresh to 0', await user.refresh(attribute(Lifetime, 0)), 'success'),
    answers('Refresh of nothing', await user.refresh(), 437),
    answers('permission of nothing', await user.permit({ family: 4, ip: '1.1.1.1', port: 9 }), 437),
    await clamped('Allocate with 0', allocateOnce(target, UDP, attribute(Lifetime, 0))),
  ]);
}

async function askQuota(target: Target): ReturnType<Check['run']> {
  const users: TurnUser[] = [];
  let refusal: Answer | undefined;
  while (refusal === undefined && users.length < TOO_MANY_ALLOCATIONS) {
    const user = await enter(target);
    users.push(user);
    const answer = await user.allocate();
    if (answer?.isSuccess !== true) refusal = answer;
  }
  const [first] = users;
  const given = users.filter(({ relayed }) => relayed !== undefined).length;
  await first?.[Symbol.asyncDispose]();
  const after = await enterAndAllocate(target).then(
    async (user) => user[Symbol.asyncDispose]().then(() => 'success'),
    (error: Error) => error.message,
  );
  for (const user of users.slice(1)) await user[Symbol.asyncDispose]();
  return judge([
    holds(
      'refused',
      refusal?.errorCode === 486,
      refusal === undefined ? `${given} given` : `${refusal.errorCode} after ${given}`,
    ),
    holds('after one was given back', after === 'success', after),
  ]);
}
