/** Typed events. A listener that throws does not keep the others, or the SDK, from working. */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<(payload: never) => void>>();

  /** Returns the function that ends the subscription. */
  on<Name extends keyof Events>(name: Name, listener: (payload: Events[Name]) => void): () => void {
    // Each subscription is its own entry, also where the same function subscribes twice.
    const entry = (payload: Events[Name]): void => listener(payload);
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(entry));
    return () => listeners.delete(entry);
  }

  emit<Name extends keyof Events>(name: Name, payload: Events[Name]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) {
      try {
        listener(payload as never);
      } catch (error) {
        // Surfaces as an uncaught error of the app, which it is, after our own work is done.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
