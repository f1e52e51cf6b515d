import { randomInt } from 'node:crypto';
import type { AddressFamily, RelayOutcome, RelayPortChoice, RelayResult, TransportAddress } from '@pinhole/protocol';
import type { RelayId, RelayRequest } from '../datapath.ts';
import type { RelayLeg } from './relay.ts';
import type { RelayAddress } from './relay-addresses.ts';
import { type BoundPorts, bindRelaySocket, type PortRange } from './relay-sockets.ts';
import type { ReservedLegs } from './reserved-legs.ts';

export interface RelayOpenerOptions {
  readonly addresses: ReadonlyMap<AddressFamily, RelayAddress>;
  readonly range: Omit<PortRange, 'ip'>;
  readonly random?: (min: number, max: number) => number;
  /** Ports that need not be tried, because a relay has them. */
  readonly isOurs: (address: TransportAddress) => boolean;
  readonly reserved: ReservedLegs;
  readonly fault: (fault: { readonly where: string; readonly error: Error }) => void;
}

export interface OpenedLegs {
  readonly legs: readonly RelayLeg[];
  readonly result: RelayResult;
}

type Attempt = RelayLeg | 'noPorts' | 'familyNotSupported';

/** Finds relayed addresses for a request: one, one of each family, or the one that an earlier request reserved. */
export class RelayOpener {
  readonly #options: RelayOpenerOptions;

  constructor(options: RelayOpenerOptions) {
    this.#options = options;
  }

  async open({ relay, family, additionalFamily, port, reservedBy }: RelayRequest): Promise<OpenedLegs> {
    const first =
      reservedBy === undefined
        ? await this.#bind(relay, family, port)
        : (this.#options.reserved.take(reservedBy) ?? 'noPorts');
    if (additionalFamily === undefined) return { legs: legsOf(first), result: outcomeOf(first) };
    const second = await this.#bind(relay, additionalFamily, port);
    const result = { ...outcomeOf(first), additional: outcomeOf(second) };
    return { legs: [...legsOf(first), ...legsOf(second)], result };
  }

  async #bind(relay: RelayId, family: AddressFamily, choice: RelayPortChoice): Promise<Attempt> {
    const address = this.#options.addresses.get(family);
    if (address === undefined) return 'familyNotSupported';
    const bound = await this.#bindPorts(address, choice, family);
    if (bound === undefined) return 'noPorts';
    const ip = address.externalIp;
    const legOf = (socket: BoundPorts['socket']): RelayLeg => {
      return { socket, relayedAddress: { family, ip, port: socket.address().port } };
    };
    if (bound.next !== undefined) this.#options.reserved.hold(relay, legOf(bound.next));
    return legOf(bound.socket);
  }

  async #bindPorts(
    { bindIp, externalIp: ip }: RelayAddress,
    choice: RelayPortChoice,
    family: AddressFamily,
  ): Promise<BoundPorts | undefined> {
    const { range, random = randomInt, isOurs, fault } = this.#options;
    try {
      const options = { range: { ...range, ip: bindIp }, choice, random };
      return await bindRelaySocket({ ...options, isOurs: (port) => isOurs({ family, ip, port }) });
    } catch (error) {
      fault({ where: `relay ${bindIp}`, error: error instanceof Error ? error : new Error(String(error)) });
      return undefined;
    }
  }
}

function legsOf(attempt: Attempt): readonly RelayLeg[] {
  return typeof attempt === 'string' ? [] : [attempt];
}

function outcomeOf(attempt: Attempt): RelayOutcome {
  if (typeof attempt === 'string') return { outcome: attempt };
  return { outcome: 'opened', relayedAddress: attempt.relayedAddress };
}
