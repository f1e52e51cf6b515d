/** What has arrived and was not looked at yet; a reader waits for what it wants. */
export class Inbox<T> {
  readonly #items: T[] = [];
  readonly #waiting = new Set<() => void>();

  get items(): readonly T[] {
    return this.#items;
  }

  put(item: T): void {
    this.#items.push(item);
    this.wake();
  }

  /** Lets readers look again, also when nothing came but, say, the connection ended. */
  wake(): void {
    for (const look of this.#waiting) look();
  }

  clear(): void {
    this.#items.length = 0;
  }

  /** Takes the first item that fits, waiting for it at most `timeoutMs`; gives up at once when `isOver` says so. */
  async take(fits: (item: T) => boolean, timeoutMs: number, isOver = (): boolean => false): Promise<T | undefined> {
    const found = this.#remove(fits);
    if (found !== undefined || isOver()) return found;
    const { promise, resolve } = Promise.withResolvers<T | undefined>();
    const timer = setTimeout(() => resolve(undefined), timeoutMs);
    const look = (): void => {
      const item = this.#remove(fits);
      if (item !== undefined || isOver()) resolve(item);
    };
    this.#waiting.add(look);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(look);
    }
  }

  #remove(fits: (item: T) => boolean): T | undefined {
    const index = this.#items.findIndex(fits);
    return index === -1 ? undefined : this.#items.splice(index, 1)[0];
  }
}
