import type { Held } from './memory.ts';
import type { SoakResult } from './soak.ts';

const MIB = 2 ** 20;
/** What is left of heap noise between two medians. */
const HEAP_NOISE = 2 * MIB;
/** The heap is what leaks of ours show in: it must not grow. */
const HEAP_FACTOR = 1.05;
/** V8 takes room for young objects, 16 MiB three times over, when it first thinks fit: within minutes, not at once. */
const RESIDENT_NOISE = 48 * MIB;
const RESIDENT_FACTOR = 1.05;

/** Everything that a soak found wrong, in sentences; empty where all is well. */
export function complaintsAbout(result: SoakResult): string[] {
  return [...aboutPackets(result), ...aboutLeftovers(result), ...aboutMemory(result)];
}

/** Sent = relayed + dropped by reason, exactly, as seen from both ends of each leg. */
function aboutPackets({ ledger, books, dropped }: SoakResult): string[] {
  const facts: readonly [string, number, number][] = [
    ['clients sent, and the edge counted from them', ledger.sentByClients, books.fromClients],
    ['the edge counted to peers, and the peer received', books.toPeers, ledger.receivedByPeer],
    ['the peer sent back, and the edge counted from peers', ledger.receivedByPeer, books.fromPeers],
    ['the edge counted to clients, and they received', books.toClients, ledger.receivedByClients],
    ['was sent in vain, and the edge dropped by reason', ledger.sentInVain, dropped],
    [
      'came in, and went out or was dropped',
      books.fromClients + books.fromPeers,
      books.toClients + books.toPeers + dropped,
    ],
  ];
  return facts
    .filter(([, left, right]) => left !== right)
    .map(([what, left, right]) => `${what}: ${left} and ${right}`);
}

function aboutLeftovers({ books, descriptorsBefore, descriptorsAfter }: SoakResult): string[] {
  const facts: readonly [string, number, number][] = [
    ['allocations at the end', books.allocations, 0],
    ['relays open at the end', books.openRelays, 0],
    ['streams open at the end', books.clientStreams, 0],
    ['descriptors at the end', descriptorsAfter, descriptorsBefore],
  ];
  return facts.filter(([, is, may]) => is > may).map(([what, is, may]) => `${is} ${what}, and ${may} are right`);
}

function aboutMemory({ early, late }: SoakResult): string[] {
  const isHeapFlat = late.heapBytes <= early.heapBytes * HEAP_FACTOR + HEAP_NOISE;
  const isResidentFlat = late.residentBytes <= early.residentBytes * RESIDENT_FACTOR + RESIDENT_NOISE;
  const grown = (what: string, of: (held: Held) => number): string =>
    `${what} grew from ${(of(early) / MIB).toFixed(1)} to ${(of(late) / MIB).toFixed(1)} MiB`;
  return [
    ...(isHeapFlat ? [] : [grown('the heap', ({ heapBytes }) => heapBytes)]),
    ...(isResidentFlat ? [] : [grown('resident memory', ({ residentBytes }) => residentBytes)]),
  ];
}
