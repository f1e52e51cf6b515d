import type { Millis } from './time.ts';

interface Entry<K> {
  readonly deadline: Millis;
  readonly key: K;
}

/**
 * The next deadline first: a binary heap. A deadline that moved is not searched for; its owner looks at the clock when
 * the old one comes up and adds the new one then.
 */
export class DeadlineQueue<K> {
  readonly #heap: Entry<K>[] = [];

  get size(): number {
    return this.#heap.length;
  }

  next(): Millis | undefined {
    return this.#heap[0]?.deadline;
  }

  add(deadline: Millis, key: K): void {
    const heap = this.#heap;
    let i = heap.length;
    const entry = { deadline, key };
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || above.deadline <= deadline) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = entry;
  }

  /** Takes out one key whose deadline has come; `undefined` where none has. */
  takeDue(now: Millis): K | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.deadline > now) return undefined;
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) this.#siftDown(last);
    return first.key;
  }

  #siftDown(entry: Entry<K>): void {
    const heap = this.#heap;
    let i = 0;
    for (;;) {
      const left = 2 * i + 1;
      const right = heap[left + 1];
      const leftEntry = heap[left];
      if (leftEntry === undefined) break;
      const useRight = right !== undefined && right.deadline < leftEntry.deadline;
      const child = useRight ? right : leftEntry;
      if (child.deadline >= entry.deadline) break;
      heap[i] = child;
      i = useRight ? left + 1 : left;
    }
    heap[i] = entry;
  }
}
