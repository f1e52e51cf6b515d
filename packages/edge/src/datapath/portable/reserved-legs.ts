import { closeUdpSocket } from '../../listeners/udp-listener.ts';
import type { RelayId } from '../datapath.ts';
import { countTraffic, type LiveCounters } from './live-counters.ts';
import type { RelayLeg } from './relay.ts';

/** Ports that are held for a second allocation of the same client (RFC 8656 §7.2), by the relay that reserved them. */
export class ReservedLegs {
  readonly #counters: LiveCounters;
  readonly #legs = new Map<RelayId, RelayLeg>();

  constructor(counters: LiveCounters) {
    this.#counters = counters;
  }

  hold(reservedBy: RelayId, leg: RelayLeg): void {
    this.#legs.set(reservedBy, leg);
    // Nobody has a permission for a port that belongs to nobody yet.
    leg.socket.on('message', (data) => {
      countTraffic(this.#counters.fromPeers, data.length);
      this.#counters.dropped.noPermission += 1;
    });
    leg.socket.on('error', () => {});
  }

  /** Hands the port over to its relay. */
  take(reservedBy: RelayId): RelayLeg | undefined {
    const leg = this.#legs.get(reservedBy);
    this.#legs.delete(reservedBy);
    leg?.socket.removeAllListeners('message');
    leg?.socket.removeAllListeners('error');
    return leg;
  }

  async release(reservedBy: RelayId): Promise<void> {
    const leg = this.take(reservedBy);
    if (leg === undefined) return;
    leg.socket.on('error', () => {});
    await closeUdpSocket(leg.socket);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#legs.keys()].map((id) => this.release(id)));
  }
}
