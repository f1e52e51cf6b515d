// An input of the server target is a small program: what clients, peers, the datapath and the clock do, one after the other.
import { concatenated } from '../../mutate-bytes.ts';
import { mutateAttributeBytes, mutateStun } from '../../mutate-stun.ts';
import type { Random } from '../../random.ts';

export const STEP_KINDS = ['raw', 'signed', 'time', 'peer', 'relay', 'gone'] as const;

export interface Step {
  readonly kind: (typeof STEP_KINDS)[number];
  /** Which client, how long, how it ended: the kind knows. */
  readonly choice: number;
  readonly body: Uint8Array;
}

const HEADER_LENGTH = 4;
const MAX_STEPS = 64;
const EMPTY = new Uint8Array(0);

export function parseProgram(input: Uint8Array): Step[] {
  const steps: Step[] = [];
  let offset = 0;
  while (offset + HEADER_LENGTH <= input.length && steps.length < MAX_STEPS) {
    const [kind = 0, choice = 0, high = 0, low = 0] = input.subarray(offset, offset + HEADER_LENGTH);
    const end = offset + HEADER_LENGTH + ((high << 8) | low);
    const body = input.subarray(offset + HEADER_LENGTH, end);
    steps.push({ kind: STEP_KINDS[kind % STEP_KINDS.length] ?? 'raw', choice, body });
    offset = end;
  }
  return steps;
}

export function serializeProgram(steps: readonly Step[]): Uint8Array {
  return concatenated(
    steps.map(({ kind, choice, body }) => {
      const header = [STEP_KINDS.indexOf(kind), choice, body.length >>> 8, body.length & 0xff];
      return concatenated([Uint8Array.from(header), body]);
    }),
  );
}

export function mutateProgram(input: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  let steps = parseProgram(input);
  for (let i = 1 + random.below(3); i > 0; i--) steps = mutateSteps(steps, parseProgram(other), random);
  return serializeProgram(steps);
}

function mutateSteps(steps: Step[], others: readonly Step[], random: Random): Step[] {
  const at = random.below(steps.length + 1);
  const theirs = others[random.below(others.length)] ?? anyStep(random);
  switch (random.below(8)) {
    case 0:
      return steps.toSpliced(at, 1);
    case 1:
      return steps.toSpliced(at, 0, anyStep(random));
    case 2:
      return steps.toSpliced(at, 0, theirs);
    case 3:
      return steps.toSpliced(at, 0, ...others.slice(random.below(others.length + 1)));
    case 4:
      return steps.toSpliced(at, 0, ...steps.slice(at, at + 1 + random.below(4)));
    case 5:
      return steps.map((step, i) => (i === at ? { ...step, choice: random.below(256) } : step));
    default:
      return steps.map((step, i) => (i === at ? { ...step, body: mutateBody(step, theirs.body, random) } : step));
  }
}

function mutateBody({ kind, body }: Step, other: Uint8Array, random: Random): Uint8Array {
  if (kind === 'raw') return mutateStun(body, other, random);
  if (kind !== 'signed') return random.bytes(random.below(40));
  const method = random.chance(0.1) ? Uint8Array.of(random.below(16)) : body.subarray(0, 1);
  return concatenated([method, mutateAttributeBytes(body.subarray(1), other.subarray(1), random)]);
}

/** Time and the end of things, which no message carries. */
function anyStep(random: Random): Step {
  return { kind: random.pick(['time', 'peer', 'relay', 'gone', 'time']), choice: random.below(256), body: EMPTY };
}
