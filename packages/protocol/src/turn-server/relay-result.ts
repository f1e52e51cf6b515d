import type { TransportAddress } from '../address.ts';

/** What became of one relayed transport address. */
export type RelayOutcome =
  | { readonly outcome: 'opened'; readonly relayedAddress: TransportAddress }
  | { readonly outcome: 'noPorts' }
  | { readonly outcome: 'familyNotSupported' };

/** What became of the relay that `openRelay` asked for. */
export type RelayResult = RelayOutcome & {
  /** Of the address of the additional family, where one was asked for. */
  readonly additional?: RelayOutcome;
};
