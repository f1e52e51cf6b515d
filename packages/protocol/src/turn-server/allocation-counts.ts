import type { Identity } from './identity.ts';

/** How many allocations each user and each app has now. Who has none takes no memory. */
export class AllocationCounts {
  /** By app, then by user: a user's name is free text, and joining it to the app's could make two users one. */
  readonly #users = new Map<string, Map<string, number>>();
  readonly #apps = new Map<string, number>();

  ofUser(appId: string, user: string): number {
    return this.#users.get(appId)?.get(user) ?? 0;
  }

  ofApp(appId: string): number {
    return this.#apps.get(appId) ?? 0;
  }

  add({ appId, user }: Identity): void {
    const users = this.#users.get(appId) ?? new Map<string, number>();
    this.#users.set(appId, users);
    change(users, user, 1);
    change(this.#apps, appId, 1);
  }

  remove({ appId, user }: Identity): void {
    const users = this.#users.get(appId);
    if (users === undefined) return;
    change(users, user, -1);
    change(this.#apps, appId, -1);
    if (users.size === 0) this.#users.delete(appId);
  }
}

function change(counts: Map<string, number>, key: string, by: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
}
