import type { AddressFamily } from '../address.ts';
import { DeadlineQueue } from '../deadline-queue.ts';
import type { Millis } from '../time.ts';
import type { AllocationId } from './actions.ts';
import type { Identity } from './identity.ts';

/** RFC 8656 §7.2: for at least this long. More would only keep ports from others. */
export const RESERVATION_LIFETIME_MILLIS: Millis = 30_000;

/** A port that one allocation holds for the next of the same user. */
export interface Reservation {
  readonly token: string;
  /** The allocation that asked for it; by its number the datapath knows the port. */
  readonly reservedBy: AllocationId;
  readonly appId: string;
  readonly user: string;
  readonly family: AddressFamily;
  readonly expiresAt: Millis;
}

/**
 * The ports held in reserve. One allocation holds one at most, and only while it lives: whoever gives it up gives that
 * up as well, and so the limits on allocations also bound the ports that nobody uses.
 */
export class Reservations {
  readonly #byToken = new Map<string, Reservation>();
  readonly #byAllocation = new Map<AllocationId, Reservation>();
  readonly #deadlines = new DeadlineQueue<string>();

  add(token: Uint8Array, made: Omit<Reservation, 'token' | 'expiresAt'>, now: Millis): void {
    const { reservedBy, appId, user, family } = made;
    const expiresAt = now + RESERVATION_LIFETIME_MILLIS;
    const reservation = { token: keyOf(token), reservedBy, appId, user, family, expiresAt };
    this.#byToken.set(reservation.token, reservation);
    this.#byAllocation.set(reservedBy, reservation);
    this.#deadlines.add(expiresAt, reservation.token);
  }

  /** What the token stands for; nothing where it is over, used, or another user's. */
  find(token: Uint8Array, { appId, user }: Identity, now: Millis): Reservation | undefined {
    const reservation = this.#byToken.get(keyOf(token));
    const isUsable = reservation?.appId === appId && reservation.user === user && reservation.expiresAt > now;
    return isUsable ? reservation : undefined;
  }

  remove({ token, reservedBy }: Reservation): void {
    this.#byToken.delete(token);
    this.#byAllocation.delete(reservedBy);
  }

  endOf(allocation: AllocationId): void {
    const reservation = this.#byAllocation.get(allocation);
    if (reservation !== undefined) this.remove(reservation);
  }

  nextDeadline(): Millis | undefined {
    return this.#deadlines.next();
  }

  takeExpired(now: Millis): Reservation | undefined {
    for (;;) {
      const token = this.#deadlines.takeDue(now);
      if (token === undefined) return undefined;
      const reservation = this.#byToken.get(token);
      if (reservation === undefined) continue;
      this.remove(reservation);
      return reservation;
    }
  }
}

function keyOf(token: Uint8Array): string {
  return token.join('.');
}
